#include "cli/options/option_words.hpp"
#include "cli/options/options_job.hpp"

#include <ferry/job_json.hpp>

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

seconds whole(milliseconds time) { return std::chrono::ceil<seconds>(time); }

std::string_view word(existing_policy policy) {
    constexpr std::array<std::string_view, 4> words = {"replace", "update", "fail", "skip"};
    return words[static_cast<std::size_t>(policy)];
}

std::string_view word(redirect_policy policy) {
    constexpr std::array<std::string_view, 3> words = {"follow", "report", "forbid"};
    return words[static_cast<std::size_t>(policy)];
}

std::string absolute_or_none(const std::string& path) {
    return path.empty() ? path : absolute_path(path);
}

json::array pair_of(const std::string& name, const std::string& value) {
    return {json::string(detail::escaped(name)), json::string(detail::escaped(value))};
}

}  // namespace

job_settings settings_of(const transfer_settings& transfer, const access_options& access) {
    const auto& from = transfer.options;
    job_settings to;
    if (transfer.retry_interval) to.retry_interval = whole(*transfer.retry_interval);
    if (transfer.retry_timeout) to.retry_timeout = whole(*transfer.retry_timeout);
    if (from.max_time.count() > 0) to.max_download_time = whole(from.max_time);
    to.connections = from.connections;
    to.create_directories = from.create_directories;
    to.keep_mtime = from.keep_mtime;
    to.acl_flags = to_string(from.rights);
    to.durable = from.sync == sync_policy::automatic;
    to.existing = word(from.existing);
    to.bytes_per_second = transfer.bytes_per_second;
    to.low_speed_limit = from.low_speed_limit;
    to.low_speed_time = whole(from.low_speed_time);
    to.connect_timeout = whole(access.connect_timeout);
    to.redirect = word(access.redirects);
    to.max_redirects = access.max_redirects;
    to.headers = access.headers;
    to.user_agent = access.user_agent;
    to.ca_file = absolute_or_none(access.ca_file);
    to.ca_path = absolute_or_none(access.ca_path);
    to.insecure = access.insecure;
    to.smb_encrypt = access.encrypt;
    return to;
}

json::object members_of(const job_settings& settings) {
    json::object members;
    detail::job_writer write(detail::job_form::stored, members);
    detail::each_member(write, settings);
    return members;
}

json::array merged(const json::array& stored, const job_options& change) {
    json::array all;
    for (const auto& one : stored) {
        const auto* pair = one.if_array();
        const auto* name = pair && pair->size() == 2 ? (*pair)[0].if_string() : nullptr;
        if (!name) continue;
        const auto& again = change.restated;
        if (std::find(again.begin(), again.end(), std::string_view(*name)) == again.end())
            all.push_back(one);
    }
    for (const auto& [name, value] : change.unsupported) all.push_back(pair_of(name, value));
    return all;
}

}  // namespace ferry::cli
