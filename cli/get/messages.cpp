#include "cli/get/messages.hpp"

#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <string_view>

namespace ferry::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::string_view continues = "the same command continues";
constexpr std::string_view perhaps_continues =
    "the same command tries again, and continues where the server can";

std::string hint_for_errc(const failure& why, std::string_view again) {
    switch (static_cast<errc>(why.code.value())) {
        case errc::cut_short:
        case errc::timed_out:
        case errc::overloaded:
        case errc::name_not_resolved:
        case errc::too_slow:
        case errc::out_of_time:
            return std::string(again);
        case errc::exists:
            return "--existing replace or skip";
        case errc::busy:
            return "wait for it, or choose another destination";
        case errc::checksum_mismatch:
            return "compare the checksum with the publisher's";
        case errc::source_changed:
            return "try again when it no longer changes";
        case errc::unauthorized:
            if (why.http_status != 403) return "";
            return why.context == error_context::transport ? "ask the proxy's owner for access"
                                                           : "ask the server's owner for access";
        default:
            return {};
    }
}

/// What the user can do about a failure, or an empty string.
/// @param again  What the same command would do where that helps.
std::string hint_for(const failure& why, std::string_view again) {
    if (why.code.category() == ferry_category()) return hint_for_errc(why, again);
    if (why.code == std::errc::no_space_on_device) return "make room; " + std::string(again);
    if (why.context == error_context::local_file &&
        why.code == std::errc::no_such_file_or_directory && why.detail.starts_with("create "))
        return "--create-dirs makes missing folders";
    return is_transient(why.code) ? std::string(again) : "";
}

/// A reason that ends with a hint of its own knows better.
std::string with_hint(std::string reason, const failure& why, std::string_view again) {
    const auto hint = hint_for(why, again);
    if (!hint.empty() && !reason.ends_with(')')) reason += " (" + hint + ")";
    return reason;
}

}  // namespace

std::string error_line(const url& source, const failure& why) {
    return printable(to_string(source)) + ": " + with_hint(reason_of(source, why), why, continues);
}

std::string upload_error_line(const running_file& file, const failure& why) {
    return name_of(file) + ": " + with_hint(printable(describe(why)), why, perhaps_continues);
}

std::string reason_of(const url& source, const failure& why) {
    const auto name = to_string(source);
    auto reason = describe(why);
    for (const auto& again : {"GET " + name + ": ", name + ": ", name + " "})
        if (reason.starts_with(again)) reason.erase(0, again.size());
    return printable(reason);
}

std::string name_of(const running_file& file) { return printable(file.item.local.native()); }

std::string done_line(const running_file& file, clock::duration elapsed) {
    const auto& status = file.status;
    if (status.skipped) return name_of(file) + ": exists, skipped";
    const std::chrono::duration<double> seconds = elapsed;
    auto line = name_of(file) + ": " + format_size(status.bytes_transferred) + " in " +
                format_duration(duration_cast<milliseconds>(elapsed));
    if (status.bytes_received > 0 && seconds.count() > 0)
        line +=
            " (" + format_rate(static_cast<double>(status.bytes_received) / seconds.count()) + ")";
    if (status.bytes_resumed > 0) line += ", resumed " + format_size(status.bytes_resumed);
    if (status.bytes_discarded > 0) line += ", discarded " + format_size(status.bytes_discarded);
    if (!status.checksum.empty())
        line +=
            ", " + printable(status.checksum.substr(0, status.checksum.find(':'))) + " verified";
    return line;
}

std::string retry_line(const running_file& file, clock::time_point now) {
    const auto& status = file.status;
    auto line = name_of(file) + ": retrying";
    if (status.next_try && *status.next_try > now)
        line += " in " + format_duration(duration_cast<milliseconds>(*status.next_try - now));
    if (status.last_error) line += ": " + reason_of(file.item.remote, *status.last_error);
    return line;
}

}  // namespace ferry::cli
