#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::detail {

/// How many bytes the character takes that `text` begins with; 0 if that is no UTF-8 (RFC 3629, 4).
inline std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > text.size()) return 0;
    // overlong forms, surrogates and what is beyond U+10FFFF show in the second byte
    const auto least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const auto most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    return length;
}

/// Calls `each(bytes, valid)` for every character, and for every byte that belongs to none.
template <class Each>
void for_each_char(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto bytes = text.substr(0, length == 0 ? 1 : length);
        each(bytes, length != 0);
        text.remove_prefix(bytes.size());
    }
}

/// The same text with U+FFFD for each byte that is no UTF-8: for readers.
inline std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    for_each_char(
        text, [&](std::string_view one, bool good) { valid += good ? one : "\xef\xbf\xbd"; });
    return valid;
}

/// Any bytes as valid UTF-8 that unescaped() turns back: a NUL and two hex digits stand for a byte
/// that is none, and for NUL itself, so that all texts without either (nearly all) stay as they
/// are. "caf\xe9" is "caf\u0000e9" in JSON.
inline std::string escaped(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size());
    for_each_char(bytes, [&](std::string_view one, bool good) {
        const auto byte = static_cast<unsigned char>(one.front());
        if (good && byte != 0)
            text += one;
        else
            text += {'\0', digits[byte >> 4], digits[byte & 15]};
    });
    return text;
}

/// Nothing, for what escaped() does not write.
inline std::optional<std::string> unescaped(std::string_view text) {
    if (text.find('\0') == text.npos) return std::string(text);
    std::string bytes;
    for (auto rest = text; !rest.empty();) {
        if (rest.front() != '\0') {
            bytes += rest.front();
            rest.remove_prefix(1);
            continue;
        }
        const auto digits = rest.substr(1, 2);
        unsigned char byte = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        bytes += static_cast<char>(byte);
        rest.remove_prefix(1 + digits.size());
    }
    if (escaped(bytes) != text) return std::nullopt;
    return bytes;
}

/// RFC 3339 in UTC with milliseconds: "2024-02-29T12:00:00.500Z".
inline std::string format_time(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto moment = floor<milliseconds>(time);  // in which no day of the clock's overflows
    const auto day = floor<days>(moment);
    const year_month_day date(day);
    const hh_mm_ss clock(moment - day);
    std::array<char, 80> text;
    std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
        unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
        int(clock.minutes().count()), int(clock.seconds().count()),
        int(clock.subseconds().count()));
    return text.data();
}

/// Nothing, for what format_time() does not write.
inline std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) {
    using namespace std::chrono;
    using time_point = std::chrono::system_clock::time_point;  // not ferry's clock
    std::array<int, 7> n{};
    std::sscanf(
        std::string(text).c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &n[0], &n[1], &n[2], &n[3],
        &n[4], &n[5], &n[6]);
    const auto date = year(n[0]) / n[1] / n[2];
    if (!date.ok()) return std::nullopt;
    const auto time = sys_time<milliseconds>(sys_days(date)) + hours(n[3]) + minutes(n[4]) +
                      seconds(n[5]) + milliseconds(n[6]);
    if (time < time_point_cast<milliseconds>(time_point::min()) ||
        time > time_point_cast<milliseconds>(time_point::max()))
        return std::nullopt;  // the clock ends in the year 2262
    if (format_time(time) != text) return std::nullopt;
    return time;
}

}  // namespace ferry::detail
