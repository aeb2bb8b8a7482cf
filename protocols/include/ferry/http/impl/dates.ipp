#pragma once

#include <ferry/http/text.hpp>

#include <array>

namespace ferry::http {
namespace detail {

inline constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Reads a date from left to right; the first piece that does not fit makes all of it invalid.
class date_reader {
  public:
    explicit date_reader(std::string_view text) : rest_(text) {}

    void literal(std::string_view expected) {
        if (rest_.substr(0, expected.size()) != expected) return fail();
        rest_.remove_prefix(expected.size());
    }
    int number(std::size_t digits) {
        const auto text = rest_.substr(0, digits);
        const auto value = parse_number(text);
        if (text.size() < digits || !value) return fail(), 0;
        rest_.remove_prefix(digits);
        return static_cast<int>(*value);
    }
    unsigned month() {
        const auto at = months.find(rest_.substr(0, 3));
        if (rest_.size() < 3 || at == months.npos || at % 3 != 0) return fail(), 0;
        rest_.remove_prefix(3);
        return static_cast<unsigned>(at / 3 + 1);
    }
    std::chrono::seconds time() {
        const int h = number(2);
        literal(":");
        const int m = number(2);
        literal(":");
        const int s = number(2);
        if (h > 23 || m > 59 || s > 60) fail();  // 60: a leap second
        return std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s);
    }
    /// The day of a month, padded with a space as asctime() does.
    int padded_day() {
        if (rest_.substr(0, 1) != " ") return number(2);
        literal(" ");
        return number(1);
    }
    bool good() const noexcept { return good_ && rest_.empty(); }

  private:
    void fail() noexcept { good_ = false; }

    std::string_view rest_;
    bool good_ = true;
};

struct date_parts {
    int year = 0;
    unsigned month = 0;
    int day = 0;
    std::chrono::seconds time = {};
};

inline std::optional<std::chrono::system_clock::time_point> to_time(
    const date_reader& read, const date_parts& parts) {
    const std::chrono::year_month_day date(
        std::chrono::year(parts.year), std::chrono::month(parts.month),
        std::chrono::day(static_cast<unsigned>(parts.day)));
    // Within these years no clock overflows.
    if (!read.good() || !date.ok() || parts.year < 1678 || parts.year > 2261) return std::nullopt;
    return std::chrono::sys_days(date) + parts.time;
}

/// "06 Nov 1994 08:49:37 GMT", what follows the day's name and its comma.
inline auto parse_imf_fixdate(std::string_view text) {
    date_reader read(text);
    date_parts parts;
    parts.day = read.number(2);
    read.literal(" ");
    parts.month = read.month();
    read.literal(" ");
    parts.year = read.number(4);
    read.literal(" ");
    parts.time = read.time();
    read.literal(" GMT");
    return to_time(read, parts);
}

/// A year of two digits is the latest one that is not more than 50 years ahead (RFC 9110, 5.6.7).
inline int full_year(int two_digits, std::chrono::system_clock::time_point now) {
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const int latest = static_cast<int>(std::chrono::year_month_day(today).year()) + 50;
    const int year = latest - latest % 100 + two_digits;
    return year > latest ? year - 100 : year;
}

/// "06-Nov-94 08:49:37 GMT", what follows the day's name and its comma.
inline auto parse_rfc850_date(std::string_view text, std::chrono::system_clock::time_point now) {
    date_reader read(text);
    date_parts parts;
    parts.day = read.number(2);
    read.literal("-");
    parts.month = read.month();
    read.literal("-");
    parts.year = full_year(read.number(2), now);
    read.literal(" ");
    parts.time = read.time();
    read.literal(" GMT");
    return to_time(read, parts);
}

/// "Nov  6 08:49:37 1994", what follows the day's name.
inline auto parse_asctime_date(std::string_view text) {
    date_reader read(text);
    date_parts parts;
    parts.month = read.month();
    read.literal(" ");
    parts.day = read.padded_day();
    read.literal(" ");
    parts.time = read.time();
    read.literal(" ");
    parts.year = read.number(4);
    return to_time(read, parts);
}

}  // namespace detail

inline std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view value, std::chrono::system_clock::time_point now) {
    static constexpr std::array<std::string_view, 7> days = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    const auto day = value.substr(0, value.find_first_of(", "));
    const auto rest = value.substr(day.size());
    const auto is_short = [&](std::string_view name) { return name.substr(0, 3) == day; };
    if (std::any_of(days.begin(), days.end(), is_short)) {
        if (rest.starts_with(", ")) return detail::parse_imf_fixdate(rest.substr(2));
        if (rest.starts_with(" ")) return detail::parse_asctime_date(rest.substr(1));
    } else if (std::find(days.begin(), days.end(), day) != days.end()) {
        if (rest.starts_with(", ")) return detail::parse_rfc850_date(rest.substr(2), now);
    }
    return std::nullopt;
}

inline std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now) {
    using std::chrono::milliseconds;
    static constexpr std::chrono::seconds longest = std::chrono::hours(24);
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_digit)) {
        const auto seconds = parse_number(value);
        if (!seconds || *seconds > static_cast<std::uint64_t>(longest.count())) return longest;
        return std::chrono::seconds(*seconds);
    }
    const auto date = parse_http_date(value, now);
    if (!date) return std::nullopt;
    if (*date <= now) return milliseconds(0);
    return std::min<milliseconds>(std::chrono::ceil<milliseconds>(*date - now), longest);
}

}  // namespace ferry::http
