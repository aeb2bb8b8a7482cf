#include "cli/get/text_report.hpp"

#include "cli/get/messages.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

namespace ferry::cli {
namespace {

std::string_view name_of(transfer_phase phase) {
    switch (phase) {
        case transfer_phase::waiting:
            return "waiting";
        case transfer_phase::connecting:
            return "connecting";
        case transfer_phase::receiving:
            return "receiving";
        case transfer_phase::sending:
            return "sending";
        case transfer_phase::retrying:
            return "retrying";
        case transfer_phase::verifying:
            return "verifying";
        case transfer_phase::publishing:
            return "publishing";
        case transfer_phase::done:
            return "done";
    }
    return "unknown";
}

/// "receiving: HTTP 206, 2.0 GiB, ETag "v1", resumed 512 MiB".
std::string reply_of(const transfer_status& status) {
    const auto& version = status.object.version;
    std::string text = "receiving:";
    if (status.object.http_status != 0)
        text += " HTTP " + std::to_string(status.object.http_status) + ",";
    text += " " + (status.bytes_total ? format_size(*status.bytes_total) : "size unknown");
    if (!version.tag.empty())
        text += std::string(", validator ") + (version.weak ? "W/" : "") + printable(version.tag);
    if (!version.date.empty()) text += ", modified " + printable(version.date);
    if (status.bytes_resumed > 0) text += ", resumed " + format_size(status.bytes_resumed);
    return text;
}

}  // namespace

void text_report::started(const running_file& file) {
    if (style_.steps)
        out_.line(
            cli::name_of(file) + (file.upload ? ": to " : ": from ") +
            printable(to_string(file.item.remote)));
}

void text_report::changed(const running_file& file) {
    if (!style_.retries && !style_.redirects && !style_.steps) return;
    const bool retrying = file.status.phase == transfer_phase::retrying;
    if (!retrying && !style_.redirects && !style_.steps) return;
    auto& before = told_[file.index];
    if (style_.redirects || style_.steps) tell_redirect(file, before);
    if (retrying && (style_.retries || style_.steps)) tell_retry(file, before);
    if (style_.steps) tell_step(file, before);
    before.phase = file.status.phase;
}

void text_report::tell_redirect(const running_file& file, told& before) {
    const auto& location = file.status.object.location;
    if (location.scheme.empty() || location == file.item.remote) return;
    // where an upload ends may be a resource of its own
    if (file.upload && !file.status.object.redirected) return;
    auto now = to_string(location);
    if (now == before.location) return;
    out_.line(cli::name_of(file) + ": redirected to " + printable(now));
    before.location = std::move(now);
}

void text_report::tell_retry(const running_file& file, told& before) {
    if (before.phase == transfer_phase::retrying && before.next_try == file.status.next_try) return;
    before.next_try = file.status.next_try;
    out_.line(retry_line(file, time_.now()));
}

void text_report::tell_step(const running_file& file, told& before) {
    const auto phase = file.status.phase;
    if (phase == before.phase || phase == transfer_phase::retrying) return;
    if (phase == transfer_phase::done) return;
    const auto step =
        phase == transfer_phase::receiving ? reply_of(file.status) : std::string(name_of(phase));
    out_.line(cli::name_of(file) + ": " + step);
}

void text_report::finished(const running_file& file, const result<void>& outcome) {
    told_.erase(file.index);
    if (outcome) {
        if (style_.results) out_.line(done_line(file, time_.now() - file.started));
    } else if (style_.errors && outcome.error().code != errc::cancelled) {
        out_.line(
            "ferry: " + (file.upload ? upload_error_line(file, outcome.error())
                                     : error_line(file.item.remote, outcome.error())));
    }
}

}  // namespace ferry::cli
