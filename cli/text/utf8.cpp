#include "cli/text/utf8.hpp"

#include <ferry/detail/json_text.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace ferry::cli {
namespace {

struct code_range {
    char32_t first;
    char32_t last;
};

constexpr std::array combining = {
    code_range{0x0300, 0x036f}, code_range{0x0483, 0x0489}, code_range{0x0591, 0x05bd},
    code_range{0x0610, 0x061a}, code_range{0x064b, 0x065f}, code_range{0x0e34, 0x0e3a},
    code_range{0x0e47, 0x0e4e}, code_range{0x1ab0, 0x1aff}, code_range{0x1dc0, 0x1dff},
    code_range{0x20d0, 0x20ff}, code_range{0x302a, 0x302d}, code_range{0x3099, 0x309a},
    code_range{0xfe00, 0xfe0f}, code_range{0xfe20, 0xfe2f}, code_range{0xe0100, 0xe01ef},
};

constexpr std::array wide = {
    code_range{0x1100, 0x115f},   code_range{0x231a, 0x231b},   code_range{0x23e9, 0x23f3},
    code_range{0x25fd, 0x25fe},   code_range{0x2614, 0x2615},   code_range{0x2648, 0x2653},
    code_range{0x26a1, 0x26ff},   code_range{0x2705, 0x27bf},   code_range{0x2b1b, 0x2b1c},
    code_range{0x2b50, 0x2b55},   code_range{0x2e80, 0x303e},   code_range{0x3041, 0xa4cf},
    code_range{0xa960, 0xa97f},   code_range{0xac00, 0xd7a3},   code_range{0xf900, 0xfaff},
    code_range{0xfe30, 0xfe6f},   code_range{0xff00, 0xff60},   code_range{0xffe0, 0xffe6},
    code_range{0x17000, 0x18cff}, code_range{0x1b000, 0x1b2ff}, code_range{0x1f004, 0x1f0cf},
    code_range{0x1f18e, 0x1faff}, code_range{0x20000, 0x3fffd},
};

bool contains(std::span<const code_range> ranges, char32_t code) noexcept {
    const auto after = std::upper_bound(
        ranges.begin(), ranges.end(), code,
        [](char32_t value, const code_range& range) { return value < range.first; });
    return after != ranges.begin() && code <= std::prev(after)->last;
}

}  // namespace

utf8_char first_char(std::string_view text) noexcept {
    static constexpr std::array<unsigned char, 5> lead_bits = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const auto lead = static_cast<unsigned char>(text.front());
    const auto length = detail::utf8_length(text);
    if (length == 0) return {lead, 1, false};
    char32_t code = lead & lead_bits[length];
    for (const char c : text.substr(1, length - 1))
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
    return {code, length, true};
}

std::size_t columns(char32_t code) noexcept {
    if (code < 0x300) return 1;
    if (contains(combining, code)) return 0;
    return contains(wide, code) ? 2 : 1;
}

}  // namespace ferry::cli
