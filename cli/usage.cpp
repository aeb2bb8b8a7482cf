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

exit_code not_planned(const failure& why) {
    if (why.code == errc::bad_argument || why.code == errc::unsupported) return wrong_usage(why);
    if (why.code == errc::cancelled) return exit_code::interrupted;
    complain(describe(why));
    return exit_code_of(why);
}

exit_code but_for(const std::vector<failure>& missing, exit_code otherwise) {
    for (const auto& one : missing) complain(describe(one));
    return missing.empty() || otherwise != exit_code::done ? otherwise : exit_code::some_done;
}

}  // namespace ferry::cli
