#include "cli/text/terminal_text.hpp"

#include "cli/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ferry::cli {
namespace {

std::string hex(char32_t value, std::size_t digits) {
    std::array<char, 8> text;
    const auto end = std::to_chars(text.begin(), text.end(), static_cast<unsigned>(value), 16).ptr;
    const std::string number(text.begin(), end);
    return std::string(digits - std::min(digits, number.size()), '0') + number;
}

/// C0, DEL and C1 (ECMA-48): a terminal obeys these.
bool is_control(char32_t code) noexcept { return code < 0x20 || (code >= 0x7f && code <= 0x9f); }

/// Bidirectional controls, invisible and separating characters: these make a text look like
/// another one.
bool misleads(char32_t code) noexcept {
    return code == 0xad || code == 0x61c || code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe007f);
}

/// Calls `each(character, its bytes)` for all of the text.
template <class Each>
void for_each_char(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto one = first_char(text);
        each(one, text.substr(0, one.bytes));
        text.remove_prefix(one.bytes);
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for_each_char(text, [&](const utf8_char& one, std::string_view bytes) {
        if (!one.valid || is_control(one.code))
            safe += "\\x" + hex(one.code, 2);
        else if (misleads(one.code))
            safe += "\\u{" + hex(one.code, 4) + "}";
        else
            safe += bytes;
    });
    return safe;
}

std::size_t columns(std::string_view text) noexcept {
    std::size_t sum = 0;
    for_each_char(text, [&](const utf8_char& one, std::string_view) { sum += columns(one.code); });
    return sum;
}

std::string cut(std::string_view text, std::size_t width) {
    if (columns(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::string kept;
    std::size_t used = 1;  // the "…"
    for (auto rest = text; !rest.empty();) {
        const auto one = first_char(rest);
        used += columns(one.code);
        if (used > width) break;
        kept += rest.substr(0, one.bytes);
        rest.remove_prefix(one.bytes);
    }
    return kept + "…";
}

std::string padded(std::string_view text, std::size_t width) {
    auto fitting = cut(text, width);
    fitting.append(width - std::min(width, columns(fitting)), ' ');
    return fitting;
}

}  // namespace ferry::cli
