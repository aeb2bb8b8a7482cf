#pragma once

#include <functional>
#include <string>

namespace ferry::test {

/// Runs ip(8) with what follows its name; false if that fails.
bool ip(const std::string& command);

/// Runs `test` in a network of its own, where all ports are free, if this process may have one; so
/// do the programs that it starts.
void with_own_network(const std::function<void()>& test);

}  // namespace ferry::test
