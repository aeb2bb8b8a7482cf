#pragma once

#include <cstddef>
#include <string_view>

namespace ferry::cli {

/// One character of a text.
struct utf8_char {
    char32_t code = 0;      ///< the byte itself where the encoding is invalid
    std::size_t bytes = 1;  ///< how many it takes
    bool valid = false;
};

/// The first character of a text that is not empty. Overlong forms, surrogates and code points
/// above U+10FFFF are invalid (RFC 3629, 3).
utf8_char first_char(std::string_view text) noexcept;

/// The terminal columns of a character: 0 (combining), 1 or 2 (wide). Where in doubt, more.
std::size_t columns(char32_t code) noexcept;

}  // namespace ferry::cli
