#include "cli/text/format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace ferry::cli {
namespace {

std::string fixed(double value, int decimals) {
    std::array<char, 64> text;
    const auto end =
        std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, decimals).ptr;
    return {text.begin(), end};
}

/// `value` in the largest unit that keeps it at 1 or more, with at most three digits where it is
/// a fraction. What would round to 1024 is 1.0 of the next unit.
std::string scaled(double value, std::string_view suffix) {
    static constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    for (; unit + 1 < units.size() && value >= 1023.5; ++unit) value /= 1024;
    const auto decimals = unit > 0 && value < 99.95 ? 1 : 0;
    return fixed(value, decimals) + " " + units[unit] + std::string(suffix);
}

std::string two_digits(std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string format_size(std::uint64_t bytes) { return scaled(static_cast<double>(bytes), ""); }

std::string format_rate(double bytes_per_second) {
    return scaled(std::isfinite(bytes_per_second) ? std::max(0.0, bytes_per_second) : 0.0, "/s");
}

std::string format_duration(std::chrono::milliseconds time) {
    const auto ms = std::max<std::int64_t>(0, time.count());
    if (ms < 100) return std::to_string(ms) + " ms";
    if (ms < 9'950) return fixed(static_cast<double>(ms) / 1000, 1) + " s";
    const auto seconds = (ms + 500) / 1000;
    if (seconds < 60) return std::to_string(seconds) + " s";
    const auto minutes = seconds / 60;
    if (minutes < 60)
        return std::to_string(minutes) + " min " + std::to_string(seconds % 60) + " s";
    return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string format_clock(std::chrono::seconds time) {
    const auto seconds = std::max<std::int64_t>(0, time.count());
    const auto tail = two_digits(seconds % 60);
    if (seconds < 3600) return std::to_string(seconds / 60) + ":" + tail;
    return std::to_string(seconds / 3600) + ":" + two_digits(seconds / 60 % 60) + ":" + tail;
}

}  // namespace ferry::cli
