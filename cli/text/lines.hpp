#pragma once

#include <string_view>

namespace ferry::cli {

/// Without the blanks around it, and the '\r' of Windows.
inline std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the first line off `text`, which is not empty, and returns it without its '\n'.
inline std::string_view take_line(std::string_view& text) noexcept {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

}  // namespace ferry::cli
