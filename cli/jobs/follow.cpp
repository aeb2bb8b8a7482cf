#include "cli/jobs/follow.hpp"

#include "cli/jobs/follow_session.hpp"

namespace ferry::cli {

exit_code follow_jobs(
    control_client& daemon, std::vector<std::string> ids, const follow_options& how) {
    if (ids.empty()) return exit_code::done;
    follow_session session(daemon, ids, how);
    return session.run();
}

}  // namespace ferry::cli
