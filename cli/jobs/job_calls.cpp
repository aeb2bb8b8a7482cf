#include "cli/jobs/job_calls.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/jobs/job_operands.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/json_text.hpp>

#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <deque>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// Requests on their way: the daemon makes many changes as durable as one, and as fast.
class pipeline {
  public:
    pipeline(control_client& daemon, std::string_view method, const std::vector<std::string>& jobs)
        : daemon_(daemon), method_(method), jobs_(jobs) {}

    /// The reply about the next job.
    result<json::object> next() {
        constexpr auto most = control_client::most_on_their_way;
        for (; sent_ < jobs_.size() && waiting_.size() < most; ++sent_) {
            json::object parameters;
            parameters["job"] = detail::escaped(jobs_[sent_]);
            const auto id = daemon_.send(method_, std::move(parameters));
            if (!id) return id.error();
            waiting_.push_back(*id);
        }
        const auto id = waiting_.front();
        waiting_.pop_front();
        return daemon_.receive(id);
    }

  private:
    control_client& daemon_;
    std::string_view method_;
    const std::vector<std::string>& jobs_;
    std::size_t sent_ = 0;
    std::deque<std::uint64_t> waiting_ = {};
};

}  // namespace

exit_code call_for_jobs(
    const job_call& call, const std::vector<std::string>& operands, const output_options& output) {
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about(call.verb, daemon.error());
    const auto jobs = jobs_meant(*daemon, operands);
    if (!jobs) return complain_about(call.verb, jobs.error());
    pipeline replies(*daemon, call.method, *jobs);
    std::vector<exit_code> codes;
    for (const auto& job : *jobs) {
        auto reply = replies.next();
        codes.push_back(reply ? call.tell(*reply, output) : complain_about_job(job, reply.error()));
        if (!reply && reply.error().code == errc::not_running) break;  // nor for the others
    }
    return exit_code_of(codes);
}

exit_code complain_about_job(std::string_view job, const failure& why) {
    const auto code = complain_about(job, why);
    const bool unable = why.code == errc::bad_argument || why.code == errc::unsupported;
    return unable ? exit_code::no_such_job : code;
}

exit_code run_for_jobs(const jobs_syntax& syntax, const job_call& call, arguments args) {
    const auto options = parse_jobs_options(syntax, std::move(args));
    if (!options) return wrong_usage(options.error());
    return call_for_jobs(call, options->jobs, options->output);
}

exit_code exit_code_of(std::span<const exit_code> jobs) noexcept {
    const auto all = static_cast<std::ptrdiff_t>(jobs.size());
    const auto done = std::count(jobs.begin(), jobs.end(), exit_code::done);
    const auto in_part = std::count(jobs.begin(), jobs.end(), exit_code::some_done);
    if (done == all) return exit_code::done;
    return done > 0 || in_part > 0 ? exit_code::some_done : jobs.front();
}

exit_code print(const std::string& text) {
    return print_all(text) ? exit_code::done : exit_code::local_file;
}

exit_code print(const json::object& document) { return print(json::serialize(document) + "\n"); }

}  // namespace ferry::cli
