#include "cli/text/quantity.hpp"

#include "cli/wrong.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace ferry::cli {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// "12" or "12.5": no sign, no exponent, no "inf", no lone dot.
std::optional<double> decimal(std::string_view text) {
    if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
    double value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

double unit(char suffix) noexcept {
    switch (suffix) {
        case 'K':
        case 'k':
            return 0x1p10;
        case 'M':
        case 'm':
            return 0x1p20;
        case 'G':
        case 'g':
            return 0x1p30;
        default:
            return 1;
    }
}

}  // namespace

result<std::uint64_t> parse_rate(std::string_view text) {
    const auto factor = text.empty() ? 1 : unit(text.back());
    const auto number = decimal(text.substr(0, text.size() - (factor > 1 ? 1 : 0)));
    if (!number) return wrong("not a rate (bytes per second, such as 500K or 1.5M)");
    const auto rate = std::floor(*number * factor);
    if (rate < 1) return wrong("too slow to ever end (at least 1 byte per second)");
    if (rate >= 0x1p63) return wrong("too large a rate (leave the option out for no limit)");
    return static_cast<std::uint64_t>(rate);
}

result<std::uint64_t> parse_rate_or_none(std::string_view text) {
    if (text == "none" || text == "0") return 0;
    return parse_rate(text);
}

result<std::chrono::milliseconds> parse_seconds(std::string_view text) {
    constexpr double most = 1e9;
    const auto number = decimal(text);
    if (!number) return wrong("not a time (seconds, such as 30 or 0.5)");
    if (*number > most) return wrong("too long a time (seconds, at most 1000000000)");
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(*number * 1000)));
}

result<std::chrono::milliseconds> parse_positive_seconds(std::string_view text) {
    auto time = parse_seconds(text);
    if (time && time->count() == 0) return wrong("not a time (seconds, more than 0)");
    return time;
}

result<unsigned> parse_count(std::string_view text, unsigned least, unsigned most) {
    unsigned value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stop == end && value >= least && value <= most) return value;
    return wrong("not a number from " + std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace ferry::cli
