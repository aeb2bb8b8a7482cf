#include "cli/jobs/wildcard.hpp"

#include "cli/text/utf8.hpp"

#include <optional>

namespace ferry::cli {

bool is_pattern(std::string_view text) noexcept { return text.find_first_of("*?") != text.npos; }

// Only the last '*' needs to be tried with more text: what stands before it has found the first
// place where it fits, and any later one leaves less for the rest.
bool matches(std::string_view pattern, std::string_view text) noexcept {
    struct point {
        std::string_view pattern;
        std::string_view text;
    };
    std::optional<point> star;
    const auto skip = [](std::string_view& one) { one.remove_prefix(first_char(one).bytes); };
    while (!text.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            star = point{pattern, text};
        } else if (pattern.starts_with('?')) {
            pattern.remove_prefix(1);
            skip(text);
        } else if (!pattern.empty() && pattern.front() == text.front()) {
            pattern.remove_prefix(1);
            text.remove_prefix(1);
        } else if (star) {
            skip(star->text);
            pattern = star->pattern;
            text = star->text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == pattern.npos;
}

}  // namespace ferry::cli
