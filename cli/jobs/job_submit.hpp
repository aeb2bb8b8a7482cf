#pragma once

#include "cli/control/control_client.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/job_request.hpp"

#include <ferry/detail/json_text.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace ferry::cli {

/// The job in a reply of the daemon.
inline result<boost::json::object> job_in(result<boost::json::object> reply) {
    if (reply && !object_in(*reply, "job"))
        return failure{errc::malformed, "the daemon's reply holds no job"};
    return reply ? take_object(*reply, "job") : std::move(reply);
}

/// Parameters of a method that answers with a job.
inline boost::json::object asking_for(job_detail detail, boost::json::object parameters) {
    if (detail == job_detail::summary) parameters["brief"] = true;
    return parameters;
}

/// Calls a method that takes a job, and answers with it.
template <class Client>
result<boost::json::object> call_on(
    Client& daemon, std::string_view method, std::string_view job,
    boost::json::object parameters = {}, job_detail detail = job_detail::files) {
    parameters["job"] = boost::json::string(detail::escaped(job));
    return job_in(daemon.call(method, asking_for(detail, std::move(parameters))));
}

/// Adds files in parts. Errors: those of the first part that failed; the ones before it stay.
template <class Client>
result<boost::json::object> add_in_parts(
    Client& daemon, const std::string& job, std::vector<boost::json::array> parts,
    job_detail detail = job_detail::files) {
    result<boost::json::object> about;
    for (auto& files : parts) {
        about = call_on(daemon, "job.add_files", job, {{"files", std::move(files)}}, detail);
        if (!about) return about;
    }
    return about;
}

/// Creates a job with all its files and starts it if that is wanted. If a part fails, nothing is
/// left of it.
/// @return  The document of the job.
/// @param daemon  A control_client; a test has another.
/// @param detail  Of the document: large, for many files.
template <class Client>
result<boost::json::object> submit(
    Client& daemon, job_request what, job_detail detail = job_detail::files) {
    auto about = job_in(daemon.call("job.create", asking_for(detail, std::move(what.create))));
    if (!about || what.more.empty()) return about;
    const std::string id(text_in(*about, "id"));
    about = add_in_parts(daemon, id, std::move(what.more), detail);
    if (about && what.start) about = call_on(daemon, "job.resume", id, {}, detail);
    if (!about) static_cast<void>(call_on(daemon, "job.remove", id, {}, job_detail::summary));
    return about;
}

/// Creates many jobs, with many requests on their way at once.
/// @param each  Is told (index, result<json::object>) in the order of the requests.
/// Errors: errc::not_running once the connection is lost; what was not told, may exist or not.
template <class Client, class Each>
result<void> submit_all(
    Client& daemon, std::vector<job_request> requests, Each each,
    job_detail detail = job_detail::files) {
    constexpr auto most_on_their_way = control_client::most_on_their_way;
    std::deque<std::pair<std::size_t, std::uint64_t>> flying;
    const auto land = [&](std::size_t leave) -> result<void> {
        for (; flying.size() > leave; flying.pop_front()) {
            auto reply = job_in(daemon.receive(flying.front().second));
            if (!reply && reply.error().code == errc::not_running) return reply.error();
            each(flying.front().first, std::move(reply));
        }
        return {};
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const bool simple = requests[i].more.empty();
        if (const auto landed = land(simple ? most_on_their_way - 1 : 0); !landed) return landed;
        if (!simple) {
            each(i, submit(daemon, std::move(requests[i]), detail));
            continue;
        }
        auto create = asking_for(detail, std::move(requests[i].create));
        const auto sent = daemon.send("job.create", std::move(create));
        if (!sent) return sent.error();
        flying.emplace_back(i, *sent);
    }
    return land(0);
}

}  // namespace ferry::cli
