#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry::cli {

/// A value that a parameter of a cmdlet may have.
struct bits_word {
    std::string_view theirs;
    std::string_view ours;     ///< empty: ferry has no such thing
    std::int64_t number = -1;  ///< in the enumeration of the BITS API
};

/// On which networks a job may run (BITS: BITS_COST_STATE).
inline constexpr auto cost_states = std::to_array<bits_word>({
    {"None", "none", 0},
    {"Unrestricted", "unrestricted", 0x1},
    {"Capped", "capped", 0x2},
    {"BelowCap", "below-cap", 0x4},
    {"NearCap", "near-cap", 0x8},
    {"OverCapCharged", "over-cap-charged", 0x10},
    {"OverCapThrottled", "over-cap-throttled", 0x20},
    {"UsageBased", "usage-based", 0x40},
    {"Roaming", "roaming", 0x80},
    {"IgnoreCongestion", "ignore-congestion", 0x80000000},
    {"PolicyUnrestricted", "policy-unrestricted", 0x80000021},
    {"Standard", "standard", 0x80000067},
    {"NoSurcharge", "no-surcharge", 0x8000006f},
    {"NotRoaming", "not-roaming", 0x8000007f},
    {"Always", "always", 0x800000ff},
});
/// All bits that mean something there.
inline constexpr std::uint32_t known_costs = 0x800000ff;

/// A whole number: decimal or, behind "0x", hexadecimal.
template <class Number>
std::optional<Number> read_number(std::string_view text) {
    const auto base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    Number value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

}  // namespace ferry::cli
