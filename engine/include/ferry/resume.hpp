#pragma once

#include <ferry/protocol.hpp>
#include <ferry/range_set.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace ferry {

/// What is known of the bytes that are kept, and of the object that they came from.
struct kept_bytes {
    range_set ranges = {};
    std::optional<std::uint64_t> size = {};  ///< of the whole object
    validator version = {};
    bool same_url = true;  ///< a tag means nothing for another URL (RFC 9110, 8.8.3)
    bool doubted = false;  ///< not even a strong tag is enough (protocol::wants_overlap())
};

/// What to ask for next.
struct resume_plan {
    byte_range range = {};
    bool ranged = false;        ///< false: the whole object
    std::string if_match = {};  ///< strong tag for If-Range; empty: none
};

/// What a reply means for the bytes that are kept.
enum class verdict {
    proceed,    ///< lay the reply over them: bytes that are kept already are compared
    replace,    ///< another object, and the reply brings it whole: start afresh with it
    ask_whole,  ///< the reply is of no use; ask for the whole object and judge that
    verify,     ///< all bytes are there; ask for some of them again, to compare
    prove,      ///< the reply does not name its version; ask again, without trusting the tag
};

namespace resume {

/// Kept bytes that are fetched again as a proof, by the strength of what else there is to go by.
inline constexpr std::uint64_t overlap_with_validator = 64U << 10;
inline constexpr std::uint64_t overlap_without = 1U << 20;

inline std::uint64_t overlap(const kept_bytes& kept) {
    if (kept.version.strong() && kept.same_url && !kept.doubted) return 0;
    const bool known = kept.size && (!kept.version.tag.empty() || !kept.version.date.empty());
    return known && kept.same_url ? overlap_with_validator : overlap_without;
}

/// The request that brings `gap` and, beside it, enough kept bytes to prove that the object is
/// still the same: those before the gap, or those behind it when there are none before.
inline resume_plan plan(const kept_bytes& kept, byte_range gap) {
    resume_plan ask{gap, true, {}};
    if (kept.version.strong()) ask.if_match = kept.version.tag;
    const auto proof = overlap(kept);
    if (const auto before = gap.first ? kept.ranges.around(gap.first - 1) : std::nullopt) {
        ask.range.first -= std::min(proof, before->size());
    } else if (gap.end != byte_range::open_end) {
        if (const auto behind = kept.ranges.around(gap.end))
            ask.range.end += std::min(proof, behind->size());
    }
    return ask;
}

/// The request that compares the end of an object whose bytes are all there.
inline resume_plan plan_verification(const kept_bytes& kept, std::uint64_t size) {
    const auto proof = std::max(overlap(kept), overlap_with_validator);
    resume_plan ask{{size - std::min(size, proof), size}, true, {}};
    if (kept.version.strong()) ask.if_match = kept.version.tag;
    return ask;
}

/// Does the reply speak of another object? What one side does not say contradicts nothing.
inline bool contradicts(const kept_bytes& kept, const object_info& reply) {
    if (kept.size && reply.size && *kept.size != *reply.size) return true;
    if (!kept.version.tag.empty() && !reply.version.tag.empty() && kept.same_url) {
        if (kept.version.tag != reply.version.tag) return true;
        if (kept.version.strong() && reply.version.strong()) return false;
    }
    return !kept.version.date.empty() && !reply.version.date.empty() &&
           kept.version.date != reply.version.date;
}

/// Judges the reply to `ask` (design rules 1 to 5; RFC 9110, 13.1.5 and 15.3.7).
/// @param brought What the source will deliver (source::range()).
inline verdict judge(
    const kept_bytes& kept, const resume_plan& ask, const object_info& reply, byte_range brought) {
    constexpr int range_not_satisfiable = 416;
    if (reply.http_status == range_not_satisfiable) {
        const auto size = reply.size.value_or(0);
        const bool complete = kept.ranges.total() == size && kept.ranges.gaps(size).empty();
        if (!complete) return verdict::ask_whole;
        return size == 0 ? verdict::proceed : verdict::verify;
    }
    if (kept.ranges.empty()) return brought.first == 0 ? verdict::proceed : verdict::ask_whole;
    if (contradicts(kept, reply)) {
        const auto end = reply.size.value_or(byte_range::open_end);
        return brought == byte_range{0, end} ? verdict::replace : verdict::ask_whole;
    }
    if (ask.ranged && brought.first > ask.range.first) return verdict::ask_whole;
    if (kept.size && !reply.size && brought.first != 0) return verdict::ask_whole;
    const bool nameless = !ask.if_match.empty() && brought.first != 0 && reply.version.tag.empty();
    return nameless ? verdict::prove : verdict::proceed;
}

}  // namespace resume
}  // namespace ferry
