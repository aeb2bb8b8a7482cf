// The engine and the transfer, compiled once for the command and its tests.
#pragma GCC diagnostic ignored "-Wsubobject-linkage"  // lambdas of functions that are in one file
#include <ferry/engine.hpp>
#include <ferry/impl/engine.ipp>
