#include "cli/control/daemon_access.hpp"

#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

/// Errors whose detail says all, if there is one.
constexpr std::array told_in_full = {errc::bad_argument, errc::no_such_job, errc::not_running};

bool is_told_in_full(const failure& why) {
    const auto same = [&why](errc code) { return why.code == code; };
    return !why.detail.empty() && (why.detail.ends_with(')') ||
                                   std::any_of(told_in_full.begin(), told_in_full.end(), same));
}

std::string hint_for(const failure& why) {
    if (why.code == errc::wrong_state) return "see 'ferry show JOB'";
    if (why.code == errc::no_such_job) return "see 'ferry list'";
    if (why.code == errc::not_running) return "see 'ferry daemon status'";
    if (why.code == errc::too_many) return "complete or remove others";
    return {};
}

bool begins_with(std::string_view reason, const std::string& name) {
    return reason.starts_with(name + ":") || reason.starts_with("'" + name + "':") ||
           reason.starts_with(name + " is ");
}

}  // namespace

result<control_client> connect_to_daemon(control_client::when_absent what) {
    const auto where = find_home();
    if (!where) return where.error();
    return control_client::connect(*where, what);
}

std::string daemon_error_line(std::string_view what, const failure& why) {
    const auto reason = printable(is_told_in_full(why) ? why.detail : describe(why));
    const auto name = printable(what);
    const auto hint = reason.ends_with(')') ? std::string() : hint_for(why);
    const bool named = begins_with(reason, name) || why.code == errc::not_running;
    return (named ? "" : name + ": ") + reason + (hint.empty() ? "" : " (" + hint + ")");
}

exit_code complain_about(std::string_view what, const failure& why) {
    complain(daemon_error_line(what, why));
    return why.code == errc::bad_argument ? exit_code::usage : exit_code_of(why);
}

}  // namespace ferry::cli
