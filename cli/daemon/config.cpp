#include "cli/daemon/config.hpp"

#include "cli/text/terminal_text.hpp"
#include "cli/text/text_file.hpp"
#include "cli/wrong.hpp"

#include <boost/json/parse.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace ferry::cli {
namespace {

using std::chrono::seconds;

struct setting {
    std::string_view key;
    std::uint64_t least;
    std::uint64_t most;
    void (*set)(daemon_config& into, std::uint64_t value);
};

constexpr std::uint64_t million = 1'000'000;

constexpr std::array settings = {
    setting{
        "foreground_jobs", 1, 1'000,
        [](daemon_config& into, std::uint64_t value) {
            into.limits.schedule.foreground = static_cast<unsigned>(value);
        }},
    setting{
        "slice_seconds", 1, million,
        [](daemon_config& into, std::uint64_t value) {
            into.limits.schedule.slice = seconds(value);
        }},
    setting{
        "slice_bytes", 1, std::numeric_limits<std::int64_t>::max(),
        [](daemon_config& into, std::uint64_t value) { into.limits.schedule.slice_bytes = value; }},
    setting{
        "connections_per_host", 1, 1'000,
        [](daemon_config& into, std::uint64_t value) {
            into.connections_per_host = static_cast<unsigned>(value);
        }},
    setting{
        "jobs_per_user", 1, 10 * million,
        [](daemon_config& into, std::uint64_t value) { into.limits.jobs = value; }},
    setting{
        "files_per_job", 1, 10 * million,
        [](daemon_config& into, std::uint64_t value) { into.limits.files = value; }},
    setting{
        "ranges_per_file", 1, million,
        [](daemon_config& into, std::uint64_t value) { into.limits.ranges = value; }},
    setting{
        "inactivity_days", 1, 36'500,
        [](daemon_config& into, std::uint64_t value) {
            into.limits.inactivity = seconds(value * 86'400);
        }},
    setting{
        "idle_timeout", 0, million,
        [](daemon_config& into, std::uint64_t value) { into.idle_timeout = seconds(value); }},
    setting{
        "remember_hours", 0, million,
        [](daemon_config& into, std::uint64_t value) {
            into.limits.remember = seconds(value * 3'600);
        }},
};

const setting* find_setting(std::string_view key) {
    for (const auto& one : settings)
        if (one.key == key) return &one;
    return nullptr;
}

failure unknown(std::string_view key) {
    std::string known;
    for (const auto& one : settings) known += (known.empty() ? "" : ", ") + std::string(one.key);
    return wrong(printable(key) + ": unknown key (the keys are " + known + ")");
}

result<void> apply(std::string_view key, const boost::json::value& value, daemon_config& into) {
    const auto* known = find_setting(key);
    if (!known) return unknown(key);
    boost::json::error_code error;
    const auto number = value.to_number<std::uint64_t>(error);
    if (error || !value.is_number() || number < known->least || number > known->most)
        return wrong(
            std::string(key) + ": not a whole number from " + std::to_string(known->least) +
            " to " + std::to_string(known->most));
    known->set(into, number);
    return {};
}

}  // namespace

result<daemon_config> parse_config(std::string_view text) {
    boost::json::error_code error;
    const auto parsed = boost::json::parse({text.data(), text.size()}, error);
    if (error) return wrong("no JSON: " + error.message());
    const auto* object = parsed.if_object();
    if (!object) return wrong("no JSON object");
    daemon_config config;
    for (const auto& [key, value] : *object)
        if (auto applied = apply({key.data(), key.size()}, value, config); !applied)
            return applied.error();
    return config;
}

result<daemon_config> read_config(const std::string& file) {
    const auto text = read_text(file);
    if (!text && text.error().code == std::errc::no_such_file_or_directory) return daemon_config();
    if (!text) return text.error();
    auto config = parse_config(*text);
    if (!config)
        return wrong(
            printable(file) + ": " + config.error().detail + " (correct it, or remove it)");
    return config;
}

}  // namespace ferry::cli
