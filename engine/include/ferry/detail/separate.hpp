#pragma once

// A large program may define FERRY_SEPARATE_COMPILATION in all of its source files and include
// ferry/impl/engine.ipp in one of them: then only that one compiles engine and transfer.
#ifdef FERRY_SEPARATE_COMPILATION
#define FERRY_INLINE
#else
#define FERRY_INLINE inline
#endif
