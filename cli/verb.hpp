#pragma once

#include "cli/exit_code.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// What stands behind the verb.
using arguments = std::vector<std::string>;

/// One thing that `ferry` can do.
struct verb {
    std::string_view name;
    std::string_view summary;
    exit_code (*run)(arguments);
    std::string (*help)();
};

/// The whole command, as main() calls it: arguments without the program's name.
exit_code run_ferry(arguments args);

}  // namespace ferry::cli
