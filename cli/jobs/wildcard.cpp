#include "cli/jobs/wildcard.hpp"

#include "cli/text/glob.hpp"
#include "cli/text/utf8.hpp"

namespace ferry::cli {

bool is_pattern(std::string_view text) noexcept { return text.find_first_of("*?") != text.npos; }

bool matches(std::string_view pattern, std::string_view text) noexcept {
    return glob(pattern, text, [](std::string_view& wanted, std::string_view& left) {
        const bool any = wanted.starts_with('?');
        if (wanted.empty() || (!any && wanted.front() != left.front())) return false;
        wanted.remove_prefix(1);
        left.remove_prefix(any ? first_char(left).bytes : 1);
        return true;
    });
}

}  // namespace ferry::cli
