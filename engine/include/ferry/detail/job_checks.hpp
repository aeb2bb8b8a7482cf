#pragma once

#include <ferry/checksum.hpp>
#include <ferry/detail/file.hpp>
#include <ferry/detail/job_access.hpp>
#include <ferry/detail/job_places.hpp>
#include <ferry/engine_types.hpp>
#include <ferry/job_json.hpp>
#include <ferry/protocol.hpp>
#include <ferry/transfer_options.hpp>

#include <algorithm>
#include <climits>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::detail {

// What an engine asks of a job before it takes it over. Decisions only. Their failures are
// errc::bad_argument, ::unsupported or ::too_many, with a detail for people.

inline failure engine_stopped() { return {errc::not_running, "the engine has stopped"}; }

inline failure bad_request(std::string why) { return {errc::bad_argument, std::move(why)}; }

/// "3 files are more than 2 a job".
inline failure over_quota(std::size_t count, std::string_view what, std::size_t most) {
    return {
        errc::too_many, std::to_string(count) + " " + std::string(what) + ", of which " +
                            std::to_string(most) + " are allowed (see config.json)"};
}

/// Can it start, or only be stored?
inline result<void> check_startable(const job_settings& asked) {
    if (asked.unsupported.empty()) return {};
    const auto& [option, value] = asked.unsupported.front();
    return failure{
        errc::unsupported, "--" + option + (value.empty() || value == "true" ? "" : " " + value) +
                               ": not yet supported (such a job can be stored, not started)"};
}

inline result<void> check_settings(const job_settings& asked, const engine_limits& limits) {
    if (asked.ranges.size() > limits.ranges)
        return over_quota(asked.ranges.size(), "ranges", limits.ranges);
    return check_ranges(asked);
}

/// Parts are those of one file.
inline result<void> check_ranged(const job_settings& asked, std::size_t files) {
    if (asked.ranges.empty() || files <= 1) return {};
    return bad_request("--range: of which file? (a job with ranges has one)");
}

/// Some settings are of uploads alone, others of downloads; and only one protocol brings a reply.
inline result<void> check_upload(job_type type, const job_settings& asked) {
    if (!asked.reply_file.empty() && type != job_type::upload_reply)
        return bad_request("--reply-file: only with --transfer-type upload-reply (leave it out)");
    if (type == job_type::download && asked.upload_protocol != "auto")
        return bad_request("--upload-protocol: not of downloads (leave it out)");
    if (type == job_type::download) return {};
    if (!asked.method.empty() || asked.dynamic || !asked.ranges.empty())
        return bad_request("--http-method, --dynamic, --range: only of downloads (leave them out)");
    const auto& by = asked.upload_protocol;
    if (type == job_type::upload_reply && by != "auto" && by != "bits")
        return bad_request("--upload-protocol " + by + " brings no reply (bits does)");
    return {};
}

/// BITS, 2.4: the lengths of names.
inline result<void> check_names(const std::string& display_name, const std::string& description) {
    if (display_name.size() > 4 * 256) return bad_request("the display name is too long");
    if (description.size() > 4 * 1'024) return bad_request("the description is too long");
    return {};
}

inline result<void> check_remote(
    const url& what, const protocol_set& known, const access_options& access) {
    if (known.find(what.scheme)) return known.check(what, access);
    return failure{
        errc::unsupported,
        to_string(what) + ": cannot speak " + what.scheme + " (http, https, file and smb it can)"};
}

inline result<void> check_local(const std::string& path, std::string_view what) {
    if (!std::filesystem::path(path).is_absolute() || name_of(path).empty())
        return bad_request("the " + std::string(what) + " '" + path + "' is no absolute path");
    if (name_of(path).size() > NAME_MAX)
        return bad_request(
            "the " + std::string(what) + "'s name has more than " + std::to_string(NAME_MAX) +
            " bytes: '" + path + "'");
    return {};
}

/// A file that goes from server to server is never here as a whole, and each server has its own
/// idea of who we are.
inline result<void> check_relay(const job& of, const job_settings& asked, const job_file& file) {
    if (!asked.user.empty()) return bad_request(whose_credential);
    if (!asked.method.empty() || asked.dynamic || !asked.ranges.empty())
        return bad_request(only_whole_files);
    if (!asked.validate_command.empty())
        return bad_request("--validate-command: only of files that come here (leave it out)");
    if (!file.expected.empty()) return bad_request(no_checksum_between);
    if (of.type == job_type::upload_reply && asked.reply_file.empty())
        return bad_request("the reply to what comes from a server needs a name (--reply-file)");
    return {};
}

inline result<void> check_end(
    const std::string& place, std::string_view what, const protocol_set& known,
    const access_options& access) {
    if (!is_elsewhere(place)) return check_local(place, what);
    const auto where = parse_location(place);
    return where ? check_remote(*where, known, access) : where.error();
}

/// @param asked   The settings that it is to be moved with.
/// @param access  What they mean, without its secrets.
inline result<void> check_file(
    const job& of, const job_settings& asked, const job_file& file, const protocol_set& known,
    const job_access& access) {
    const bool up = is_upload(of);
    const auto remote = remote_end(of, file);
    if (!remote) return remote.error();
    if (up && remote->scheme == "file")
        return bad_request("an upload goes to a URL, not to '" + file.destination + "'");
    if (!up && is_sent(of, file) && !is_relayed(file))
        return bad_request("'" + file.source + "' goes to a server by an upload");
    const bool comes_here = !up && !is_sent(of, file);
    if (!asked.acl_flags.empty() && !(comes_here && tells_rights(*remote)))
        return bad_request(only_rights_of_files);
    const bool two_servers = !asked.source_user.empty() || !asked.destination_user.empty();
    if (two_servers && !is_relayed(file))
        return bad_request(
            "--source-credential, --destination-credential: only from server to server (another "
            "job, or the others by 'ferry set --clear')");
    if (is_relayed(file))
        if (auto good = check_relay(of, asked, file); !good) return good;
    const auto ends = ends_of(file, access);
    if (auto good = check_remote(*remote, known, up ? *ends.destination : *ends.source); !good)
        return good;
    auto other = up ? check_end(file.source, "source", known, *ends.source)
                    : check_end(file.destination, "destination", known, *ends.destination);
    if (!other || file.expected.empty()) return other;
    const auto sum = parse_checksum(file.expected);
    return sum ? result<void>() : sum.error();
}

}  // namespace ferry::detail
