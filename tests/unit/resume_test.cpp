#include <ferry/resume.hpp>

#include <doctest/doctest.h>

namespace ferry::test::resume_test {
namespace {

constexpr std::uint64_t size = 10'000'000;
constexpr std::uint64_t have = 4'000'000;

kept_bytes kept(validator version) {
    kept_bytes bytes;
    bytes.ranges.add({0, have});
    bytes.size = size;
    bytes.version = std::move(version);
    return bytes;
}

const validator strong{"\"v1\"", false, "Mon, 01 Jan 2024 00:00:00 GMT"};
const validator weak{"\"v1\"", true, "Mon, 01 Jan 2024 00:00:00 GMT"};
const validator dated{"", false, "Mon, 01 Jan 2024 00:00:00 GMT"};
const validator other{"\"v2\"", false, "Tue, 02 Jan 2024 00:00:00 GMT"};
const byte_range rest{have, byte_range::open_end};

object_info reply(int status, validator version, std::optional<std::uint64_t> total = size) {
    object_info info;
    info.http_status = status;
    info.size = total;
    info.version = std::move(version);
    return info;
}

}  // namespace

TEST_CASE("resume: a strong tag is proof enough; nothing is asked twice") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(ask.ranged);
    CHECK(ask.range == rest);
    CHECK(ask.if_match == "\"v1\"");
}

TEST_CASE("resume: a date or a weak tag asks for 64 KiB again, without If-Range") {
    for (const auto& version : {dated, weak}) {
        const auto ask = resume::plan(kept(version), rest);
        CHECK(ask.range.first == have - (64U << 10));
        CHECK(ask.if_match.empty());
    }
}

TEST_CASE("resume: without any validator 1 MiB is asked for again") {
    CHECK(resume::plan(kept({}), rest).range.first == have - (1U << 20));
    auto unsized = kept(dated);
    unsized.size.reset();
    CHECK(resume::plan(unsized, rest).range.first == have - (1U << 20));
}

TEST_CASE("resume: the tag of another URL proves nothing by itself") {
    auto moved = kept(strong);
    moved.same_url = false;
    const auto ask = resume::plan(moved, rest);
    CHECK(ask.range.first == have - (1U << 20));
    CHECK(
        resume::judge(moved, ask, reply(206, other), {ask.range.first, size}) !=
        verdict::proceed);  // the date differs
}

TEST_CASE("resume: the proof is never longer than what is kept") {
    kept_bytes little;
    little.ranges.add({0, 100});
    CHECK(resume::plan(little, {100, byte_range::open_end}).range.first == 0);
}

TEST_CASE("resume: a gap at the start is proven by the kept bytes behind it") {
    kept_bytes tail;
    tail.ranges.add({5'000'000, size});
    tail.size = size;
    const auto ask = resume::plan(tail, {0, 5'000'000});
    CHECK(ask.range == byte_range{0, 5'000'000 + (1U << 20)});
}

TEST_CASE("resume: the rest of the same version is laid behind the kept bytes") {
    for (const auto& version : {strong, weak, dated, validator{}}) {
        const auto ask = resume::plan(kept(version), rest);
        const byte_range brought{ask.range.first, size};
        CHECK(resume::judge(kept(version), ask, reply(206, version), brought) == verdict::proceed);
    }
}

TEST_CASE("resume: an earlier start is skipped over, a later one is of no use") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(resume::judge(kept(strong), ask, reply(206, strong), {1, size}) == verdict::proceed);
    CHECK(
        resume::judge(kept(strong), ask, reply(206, strong), {have + 1, size}) ==
        verdict::ask_whole);
}

TEST_CASE("resume: a range of another version is never used") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(resume::judge(kept(strong), ask, reply(206, other), rest) == verdict::ask_whole);
    CHECK(
        resume::judge(kept(strong), ask, reply(206, strong, size + 1), rest) == verdict::ask_whole);
    const auto again = resume::plan(kept(dated), rest);
    const validator later{"", false, "Tue, 02 Jan 2024 00:00:00 GMT"};
    CHECK(resume::judge(kept(dated), again, reply(206, later), rest) == verdict::ask_whole);
}

TEST_CASE("resume: a range that does not tell the total is not believed") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(
        resume::judge(kept(strong), ask, reply(206, strong, std::nullopt), rest) ==
        verdict::ask_whole);
}

TEST_CASE("resume: the whole object instead of a range is compared if it may be the same") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(resume::judge(kept(strong), ask, reply(200, strong), {0, size}) == verdict::proceed);
    CHECK(resume::judge(kept(dated), ask, reply(200, dated), {0, size}) == verdict::proceed);
}

TEST_CASE("resume: another whole object replaces the kept bytes") {
    const auto ask = resume::plan(kept(strong), rest);
    CHECK(resume::judge(kept(strong), ask, reply(200, other), {0, size}) == verdict::replace);
    CHECK(resume::judge(kept(strong), ask, reply(200, strong, 5), {0, 5}) == verdict::replace);
    CHECK(
        resume::judge(
            kept(strong), ask, reply(200, other, std::nullopt), {0, byte_range::open_end}) ==
        verdict::replace);
}

TEST_CASE("resume: 416 is the end of a complete partial, which is then verified") {
    kept_bytes unsized;
    unsized.ranges.add({0, have});
    const auto ask = resume::plan(unsized, rest);
    CHECK(resume::judge(unsized, ask, reply(416, {}, have), {have, have}) == verdict::verify);
    CHECK(
        resume::judge(unsized, ask, reply(416, {}, have - 1), {have, have}) == verdict::ask_whole);
    const auto proof = resume::plan_verification(unsized, have);
    CHECK(proof.range == byte_range{have - (1U << 20), have});
    CHECK(
        resume::plan_verification(kept(strong), size).range ==
        byte_range{size - (64U << 10), size});
}

TEST_CASE("resume: 416 for an empty object means that all of it is here") {
    const resume_plan ask{{0, 4U << 20}, true, {}};
    CHECK(resume::judge({}, ask, reply(416, {}, 0), {0, 0}) == verdict::proceed);
}

TEST_CASE("resume: with nothing kept only a reply from the start is of use") {
    const resume_plan ask{{0, 4U << 20}, true, {}};
    CHECK(resume::judge({}, ask, reply(206, strong), {0, 4U << 20}) == verdict::proceed);
    CHECK(resume::judge({}, ask, reply(200, strong), {0, size}) == verdict::proceed);
    CHECK(resume::judge({}, ask, reply(206, strong), {1, 4U << 20}) == verdict::ask_whole);
}

TEST_CASE("resume: what one side does not say contradicts nothing; what both say must agree") {
    CHECK_FALSE(resume::contradicts(kept(strong), reply(206, {})));
    CHECK_FALSE(resume::contradicts(kept({}), reply(206, strong)));
    CHECK(resume::contradicts(kept(weak), reply(206, {"\"v2\"", true, weak.date})));
    const validator mirrored{strong.tag, false, "another date"};
    CHECK_FALSE(resume::contradicts(kept(strong), reply(206, mirrored)));
    CHECK(resume::contradicts(kept(weak), reply(206, mirrored)));
}

}  // namespace ferry::test::resume_test
