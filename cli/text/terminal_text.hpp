#pragma once

#include <ferry/detail/json_text.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::cli {

/// Text of strangers (file names, a server's reasons) that is safe to show in a terminal: control
/// characters, escape sequences, invalid UTF-8, and what reorders or hides its neighbours come out
/// as "\x1b" or "\u{202e}". Everything else stays as it is.
std::string printable(std::string_view text);

using detail::valid_utf8;  ///< the same text with U+FFFD for each byte that is no UTF-8: for JSON

/// The columns that printable text takes in a terminal; wide East Asian characters take two.
std::size_t columns(std::string_view text) noexcept;

/// At most `width` columns of printable text; what was cut shows as "…".
std::string cut(std::string_view text, std::size_t width);

/// Exactly `width` columns: cut, or filled with spaces at the end.
std::string padded(std::string_view text, std::size_t width);

}  // namespace ferry::cli
