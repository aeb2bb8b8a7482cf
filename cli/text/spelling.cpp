#include "cli/text/spelling.hpp"

#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace ferry::cli {
namespace {

/// Insertions, deletions and replacements that make one of the other (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < one.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t k = 0; k < other.size(); ++k) {
            const auto replaced = diagonal + (one[i] != other[k]);
            diagonal = row[k + 1];
            row[k + 1] = std::min({replaced, row[k] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// How far `name` is from what was wanted; nothing if too far.
std::optional<std::size_t> slips(std::string_view name, std::string_view wanted) {
    constexpr std::size_t shortest = 5;  // "--pri": less could be the beginning of anything
    const auto most = 1 + name.size() / 5;
    if (wanted.size() > name.size() + most) return std::nullopt;
    const auto lower = detail::to_lower(name);
    const bool begins = wanted.size() >= shortest && lower.starts_with(wanted);
    const auto apart = distance(lower, wanted);
    if (begins) return std::min<std::size_t>(apart, 1);
    return apart <= most ? std::optional(apart) : std::nullopt;
}

}  // namespace

std::string did_you_mean(const std::vector<std::string>& names, std::string_view wanted) {
    const auto lower = detail::to_lower(wanted);
    std::size_t least = lower.size() + 1;
    std::string nearest;
    for (const auto& one : names) {
        const auto apart = slips(one, lower);
        if (!apart || *apart > least) continue;
        if (*apart < least) nearest.clear();
        least = *apart;
        nearest += (nearest.empty() ? "" : ", ") + one;
    }
    return nearest.empty() ? nearest : "did you mean " + nearest + "?";
}

std::size_t typographic_dash(std::string_view text) noexcept {
    const bool dash = text.starts_with("\xe2\x80\x93") || text.starts_with("\xe2\x80\x94") ||
                      text.starts_with("\xe2\x80\x95");
    return dash ? 3 : 0;
}

std::string about_dash(std::string_view word) {
    const auto* name = word.starts_with("\xe2\x80\x93")   ? "U+2013, an en dash"
                       : word.starts_with("\xe2\x80\x94") ? "U+2014, an em dash"
                                                          : "U+2015, a horizontal bar";
    return printable(word) + ": begins with " + name +
           " (options begin with --; what is none stands behind a --)";
}

}  // namespace ferry::cli
