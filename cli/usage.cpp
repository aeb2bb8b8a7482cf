#include "cli/usage.hpp"

#include "cli/text/console.hpp"

namespace ferry::cli {

exit_code wrong_usage(const failure& why) {
    complain(why.detail);
    return exit_code::usage;
}

}  // namespace ferry::cli
