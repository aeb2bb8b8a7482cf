#pragma once

#include <cstdint>

namespace ferry::test {

/// A TCP port of 127.0.0.1 on which nobody listens. Somebody else may take it first.
std::uint16_t free_port();

/// Whether somebody listens on a TCP port of 127.0.0.1.
bool listens(std::uint16_t port);

}  // namespace ferry::test
