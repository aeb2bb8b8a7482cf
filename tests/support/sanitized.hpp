#pragma once

namespace ferry::test {

/// With sanitizers all takes several times longer, and what they can find, a few rounds show.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace ferry::test
