#include "cli/jobs/follow.hpp"

#include "cli/jobs/follow_session.hpp"

#include <utility>

namespace ferry::cli {

exit_code follow_jobs(
    control_client& daemon, std::vector<std::string> ids, const follow_options& how,
    boost::json::object known) {
    if (ids.empty()) return exit_code::done;
    follow_session session(daemon, ids, how);
    const auto code = session.run(std::move(known));
    return code == exit_code::done && !session.is_written() ? exit_code::local_file : code;
}

}  // namespace ferry::cli
