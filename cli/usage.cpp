#include "cli/usage.hpp"

#include "cli/text/console.hpp"

namespace ferry::cli {

exit_code wrong_usage(const failure& why) {
    complain(why.detail);
    return exit_code::usage;
}

exit_code wrong_usage_or_interrupted(const failure& why) {
    return why.code == errc::cancelled ? exit_code::interrupted : wrong_usage(why);
}

}  // namespace ferry::cli
