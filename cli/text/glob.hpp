#pragma once

#include "cli/text/utf8.hpp"

#include <optional>
#include <string_view>

namespace ferry::cli {

/// Whether the whole of `text` looks like `pattern`, where '*' is any text.
/// @param step  Of all else: step(pattern, text) says whether the pattern, which does not begin
/// with
///   '*', begins with what the text, which is not empty, begins with; if so, it takes both off.
template <class Step>
bool glob(std::string_view pattern, std::string_view text, Step step) noexcept {
    struct point {
        std::string_view pattern;
        std::string_view text;
    };
    // Only the last '*' needs to be tried with more text: what stands before it has found the first
    // place where it fits, and any later one leaves less for the rest.
    std::optional<point> star;
    while (!text.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            star = point{pattern, text};
        } else if (step(pattern, text)) {
            continue;
        } else if (star) {
            star->text.remove_prefix(first_char(star->text).bytes);
            pattern = star->pattern;
            text = star->text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == pattern.npos;
}

}  // namespace ferry::cli
