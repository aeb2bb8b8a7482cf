#include "cli/get.hpp"

#include "cli/console.hpp"
#include "cli/download_session.hpp"
#include "cli/options_get.hpp"
#include "cli/plan.hpp"

namespace ferry::cli {
namespace {

exit_code usage(const failure& why) {
    complain(why.detail);
    return exit_code::usage;
}

}  // namespace

exit_code run_get(arguments args) {
    const auto options = parse_get_options(std::move(args));
    if (!options) return usage(options.error());
    auto items = plan_downloads(*options);
    if (!items) return usage(items.error());
    download_session session(*options, *std::move(items));
    if (const auto checked = session.check(); !checked) return usage(checked.error());
    return session.run();
}

}  // namespace ferry::cli
