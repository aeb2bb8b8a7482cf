#include "cli/jobs/job_progress.hpp"

#include "cli/control/document.hpp"
#include "cli/text/format.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

exit_code of_http_status(const json::object& error) {
    const auto status = number_in(error, "http_status").value_or(0);
    if (status == 404 || status == 410) return exit_code::not_found;
    // errc::unauthorized is the one among those with this symbol that its owner can repair
    if (text_in(error, "class") == "action") return exit_code::unauthorized;
    return exit_code::failed;
}

exit_code of_symbol(const json::object& error) {
    const auto code = text_in(error, "code");
    const bool local = text_in(error, "context") == to_string(error_context::local_file);
    if (code == "http.status") return of_http_status(error);
    if (code == "secrets.sealed" || code == "access.denied") return exit_code::unauthorized;
    if (code == "file.permission") return exit_code::local_file;
    if (code == "file.not_found" && !local) return exit_code::not_found;
    if (code == "file.exists" || code == "file.busy") return exit_code::local_file;
    if (code == "tls.not_trusted") return exit_code::not_trusted;
    if (code.starts_with("integrity.")) return exit_code::integrity;
    if (code == "net.out_of_time") return exit_code::gave_up;
    if (code == "job.unknown" || code == "job.state") return exit_code::no_such_job;
    if (code == "daemon.unreachable") return exit_code::not_reachable;
    if (code == "job.quota") return exit_code::usage;
    return code == "cancelled" ? exit_code::interrupted : exit_code::failed;
}

transfer_phase phase_of(job_state state) {
    if (state == job_state::transferring) return transfer_phase::receiving;
    if (state == job_state::transient_error) return transfer_phase::retrying;
    if (state == job_state::connecting) return transfer_phase::connecting;
    return transfer_phase::publishing;
}

std::optional<wall_time> next_try_of(const json::object& job) {
    const auto* error = object_in(job, "error");
    return error ? detail::parse_time(text_in(*error, "next_try")) : std::nullopt;
}

std::string reason_of(const json::object& job) {
    const auto* error = object_in(job, "error");
    return error ? brief(*error) : std::string();
}

/// A brief document has the sum.
std::uint64_t resumed_bytes(const json::object& job) {
    auto sum = number_in(job, "bytes_resumed").value_or(0);
    if (const auto* files = array_in(job, "files"))
        for (const auto& file : *files)
            if (const auto* one = file.if_object())
                sum += number_in(*one, "bytes_resumed").value_or(0);
    return sum;
}

std::string retrying(const json::object& job, wall_time now) {
    const auto when = next_try_of(job);
    const auto reason = reason_of(job);
    auto text = std::string("retrying");
    if (when && *when > now)
        text += " in " + format_duration(duration_cast<milliseconds>(*when - now));
    return text + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

std::optional<job_state> state_in(const json::object& job) noexcept {
    return parse_job_state(text_in(job, "state"));
}

exit_code exit_code_of_error(const json::object& error) {
    if (const auto code = of_symbol(error); code != exit_code::failed) return code;
    if (text_in(error, "context") == to_string(error_context::local_file))
        return exit_code::local_file;
    return text_in(error, "class") == "transient" ? exit_code::gave_up : exit_code::failed;
}

void job_meter::sample(clock::time_point now, std::uint64_t bytes) {
    // Between two steps nothing has changed; after a second without one, it has.
    constexpr auto patience = std::chrono::seconds(1);
    if (bytes == bytes_ && now - sampled_ < patience) return;
    if (bytes < bytes_) restart();
    meter_.sample(now, bytes);
    bytes_ = bytes;
    sampled_ = now;
}

void job_meter::sample(clock::time_point now, const json::object& job) {
    const bool before = std::exchange(moving_, state_in(job) == job_state::transferring);
    if (!before || !moving_) restart();
    sample(now, number_in(job, "bytes_transferred").value_or(0));
}

void job_meter::restart() {
    meter_ = {};
    sampled_ = {};
}

std::string moving_line(
    const json::object& job, const std::string& name, double bytes_per_second, wall_time now,
    std::size_t width) {
    const auto state = state_in(job).value_or(job_state::queued);
    if (state == job_state::queued)  // in the columns of progress_line()
        return cut(padded(name, std::clamp<std::size_t>(width / 3, 8, 40)) + "  queued", width);
    file_progress shown;
    shown.name = name;
    shown.phase = phase_of(state);
    shown.bytes_total = number_in(job, "bytes_total");
    shown.bytes_transferred = number_in(job, "bytes_transferred").value_or(0);
    shown.bytes_per_second = bytes_per_second;
    if (const auto when = next_try_of(job))
        shown.next_try = duration_cast<milliseconds>(*when - now);
    shown.reason = reason_of(job);
    return progress_line(shown, width);
}

std::string change_line(const json::object& job, const std::string& name, wall_time now) {
    switch (state_in(job).value_or(job_state::queued)) {
        case job_state::queued:
            return name + ": queued";
        case job_state::connecting:
            return name + ": connecting";
        case job_state::transferring:
            return name + ": transferring, " + progress_of(job);
        case job_state::transient_error:
            return name + ": " + retrying(job, now);
        case job_state::transferred:
            return name + ": saving";
        default:
            return name + ": " + printable(text_in(job, "state"));
    }
}

std::string received_line(
    const json::object& job, const std::string& name, clock::duration elapsed,
    std::uint64_t received) {
    const auto files = number_in(job, "files_total").value_or(0);
    const auto whole = number_in(job, "files_transferred").value_or(0);
    auto line = name + ": ";
    if (whole < files) line += std::to_string(whole) + " of " + std::to_string(files) + " files, ";
    line += format_size(number_in(job, "bytes_transferred").value_or(0)) + " in " +
            format_duration(duration_cast<milliseconds>(elapsed));
    const std::chrono::duration<double> seconds = elapsed;
    if (received > 0 && seconds.count() > 0)
        line += " (" + format_rate(static_cast<double>(received) / seconds.count()) + ")";
    if (const auto kept = resumed_bytes(job); kept > 0) line += ", resumed " + format_size(kept);
    return line;
}

std::string transferred_line(const json::object& job, const std::string& name) {
    return name + ": " + explain_state(job);
}

std::string stopped_line(const json::object& job, const std::string& name) {
    const auto state = state_in(job);
    if (state == job_state::suspended)
        return name + ": has been suspended ('ferry resume " + printable(short_id(job)) +
               "' goes on)";
    if (state == job_state::cancelled) return name + ": has been cancelled";
    const auto* error = object_in(job, "error");
    const auto reason = error ? printable(text_in(*error, "message")) : "stopped, nobody knows why";
    const auto advice = advice_on(job);
    return name + ": " + reason + (advice.empty() ? "" : " (" + advice + ")");
}

std::string unfinished_line(const json::object& job, const std::string& name) {
    if (job.empty()) return name + ": still unknown";
    return name + ": still " + printable(text_in(job, "state")) + ", " + progress_of(job);
}

}  // namespace ferry::cli
