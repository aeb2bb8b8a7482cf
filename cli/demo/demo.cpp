#include "cli/demo/demo.hpp"

#include "cli/demo/demo_session.hpp"
#include "cli/options/options_demo.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {

exit_code run_demo(arguments args) {
    const auto options = parse_demo_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    auto folder = temporary_folder::make();
    if (!folder) {
        complain("demo: " + describe(folder.error()) + " (TMPDIR names another place)");
        return exit_code::local_file;
    }
    demo_session session(*options, (*folder)->path());
    return session.run();
}

}  // namespace ferry::cli
