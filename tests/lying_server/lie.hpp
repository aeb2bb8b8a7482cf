#pragma once

#include <support/cases.hpp>

#include "stage.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace ferry::test {

/// Any of these; error codes and conditions compare differently, so it keeps both kinds.
struct expected_end {
    expected_end(errc code) : code(make_error_code(code)) {}
    expected_end(std::errc condition) : condition(std::make_error_condition(condition)) {}

    bool matches(const std::error_code& got) const {
        return condition ? got == *condition : got == code;
    }

    std::error_code code = {};
    std::optional<std::error_condition> condition = {};
};

/// A reply that is always the same, and what must come of it.
struct lie {
    const char* name;
    reply how = {};
    std::vector<expected_end> ends = {};       ///< it fails with one of these; none: it must not
    std::optional<std::string> or_bytes = {};  ///< or it gives these bytes
    bool or_the_truth = false;                 ///< or the object's own; always so without `ends`
};

constexpr bool or_truth = true;

/// Downloads under a lie and checks the end; true if it failed, as it may.
inline bool fails_as_foretold(stage& on, const lie& what, const transfer_options& options) {
    const auto got = on.get(options);
    CHECK_FALSE(on.server.flooded);
    const bool may_succeed = what.ends.empty() || what.or_bytes || what.or_the_truth;
    if (got.ok() && may_succeed) {
        CHECK(on.off(what.or_bytes.value_or(on.truth.body)) == "");
        return false;
    }
    INFO("it ended so: ", got.why());
    CHECK_FALSE(got.ok());
    CHECK(std::any_of(what.ends.begin(), what.ends.end(), [&](const auto& end) {
        return end.matches(got.code());
    }));
    return true;
}

/// Always told: it ends as foretold; and whatever it leaves behind does no harm afterwards.
inline void tell_always(const lie& what, std::uint64_t kept, bool then_changed) {
    CAPTURE(kept);
    CAPTURE(then_changed);
    stage on;
    if (kept > 0) on.keep(kept);
    on.server.otherwise = what.how;
    if (!fails_as_foretold(on, what, brief())) return;
    check_safe(on, then_changed ? other_version(on.truth) : on.truth);
}

/// Told once, then the truth: the bytes come right, or it fails as foretold.
inline void tell_once(const lie& what) {
    stage on;
    on.server.script = {what.how};
    const auto got = on.get(patient());
    CHECK_FALSE(on.server.flooded);
    if (got.ok()) {
        CHECK(on.off() == "");
        return;
    }
    INFO("it ended so: ", got.why());
    CHECK(std::any_of(what.ends.begin(), what.ends.end(), [&](const auto& end) {
        return end.matches(got.code());
    }));
    check_safe(on, on.truth);
}

/// Every lie is told to somebody who has nothing yet, and one that must not be believed also to
/// somebody who has a part already.
inline void tell(const lie& what) {
    tell_always(what, 0, false);
    if (what.ends.empty() || what.or_bytes || what.or_the_truth) return;
    tell_always(what, 0, true);
    tell_always(what, 4'096, false);
    tell_always(what, 4'096, true);
    tell_once(what);
}

}  // namespace ferry::test
