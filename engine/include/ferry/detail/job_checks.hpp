#pragma once

#include <ferry/checksum.hpp>
#include <ferry/detail/file.hpp>
#include <ferry/engine_types.hpp>
#include <ferry/job_json.hpp>
#include <ferry/protocol.hpp>

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
    if (auto sane = check_ranges(asked); !sane) return sane;
    const auto is_range = [](const auto& option) { return option.first == "range"; };
    const auto ranges = std::count_if(asked.unsupported.begin(), asked.unsupported.end(), is_range);
    if (static_cast<std::size_t>(ranges) > limits.ranges)
        return over_quota(static_cast<std::size_t>(ranges), "ranges", limits.ranges);
    return {};
}

/// BITS, 2.4: the lengths of names.
inline result<void> check_names(const std::string& display_name, const std::string& description) {
    if (display_name.size() > 4 * 256) return bad_request("the display name is too long");
    if (description.size() > 4 * 1'024) return bad_request("the description is too long");
    return {};
}

inline result<void> check_file(
    const job_file& file, const protocol_set& known, const access_options& access) {
    const auto from = parse_location(file.source);
    if (!from) return from.error();
    if (!known.find(from->scheme))
        return failure{
            errc::unsupported,
            to_string(*from) + ": cannot speak " + from->scheme + " (http, https and file it can)"};
    if (const auto possible = known.check(*from, access); !possible) return possible;
    const std::filesystem::path to(file.destination);
    if (!to.is_absolute() || name_of(file.destination).empty())
        return bad_request("the destination '" + file.destination + "' is no absolute path");
    if (name_of(file.destination).size() > NAME_MAX)
        return bad_request(
            "the destination's name has more than " + std::to_string(NAME_MAX) + " bytes: '" +
            file.destination + "'");
    if (file.expected.empty()) return {};
    const auto sum = parse_checksum(file.expected);
    return sum ? result<void>() : sum.error();
}

/// One spelling for each place.
inline std::string place_of(const std::string& destination) {
    return std::filesystem::path(destination).lexically_normal().string();
}

}  // namespace ferry::detail
