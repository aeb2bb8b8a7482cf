#pragma once

#include <support/process.hpp>

#include <cstdint>
#include <initializer_list>
#include <utility>

namespace ferry::test {

/// A TCP port of 127.0.0.1 on which nobody listens. Somebody else may take it first.
std::uint16_t free_port();

/// Two different ones: both are held while they are chosen.
std::pair<std::uint16_t, std::uint16_t> two_free_ports();

/// Whether somebody listens on a TCP port of 127.0.0.1.
bool listens(std::uint16_t port);

/// Waits until somebody listens on all `ports`; false if `server` has ended, or is too slow.
bool comes_up(process& server, std::initializer_list<std::uint16_t> ports);

}  // namespace ferry::test
