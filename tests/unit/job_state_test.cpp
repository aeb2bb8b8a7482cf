#include <ferry/job_state.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

namespace ferry::test::job_state_test {
namespace {

constexpr std::array<std::string_view, job_event_kinds> event_names = {
    "resume",       "suspend",      "complete", "cancel",  "start", "connect", "preempt",
    "lose_network", "fail_for_now", "retry",    "give_up", "fail",  "finish",  "reject_content"};

// A row for each state, a column for each event, both in the order of their declaration; a letter
// for each state: Queued, Connecting, Transferring, Suspended, Error, Later (transient error),
// Ready (transferred), Acknowledged, X (cancelled).
constexpr std::string_view letters = "QCTSELRAX";
constexpr std::array<std::string_view, job_states> expected = {
    "QSAXC--L------",  // queued
    "CSAX-TQLL--E--",  // connecting
    "TSAX-TQLL--ER-",  // transferring
    "QSAX----------",  // suspended
    "QSAX----------",  // error
    "QSAX---L-QE---",  // transient error
    "QSAX---------E",  // transferred
    "--------------",  // acknowledged
    "--------------",  // cancelled
};

}  // namespace

TEST_CASE("job state: each event in each state leads where it should, or is refused") {
    for (std::size_t from = 0; from < job_states; ++from)
        for (std::size_t event = 0; event < job_event_kinds; ++event) {
            const auto state = static_cast<job_state>(from);
            INFO(std::string(to_string(state)) << " + " << std::string(event_names[event]));
            const auto next = next_state(state, static_cast<job_event>(event));
            const char letter = next ? letters[static_cast<std::size_t>(*next)] : '-';
            CHECK(letter == expected[from][event]);
        }
}

TEST_CASE("job state: names lead back to their states, and nothing else does") {
    for (std::size_t i = 0; i < job_states; ++i) {
        const auto state = static_cast<job_state>(i);
        CHECK(parse_job_state(to_string(state)) == state);
    }
    CHECK_FALSE(parse_job_state("queued"));
    CHECK_FALSE(parse_job_state(""));
}

TEST_CASE("job state: the numbers are those of BITS") {
    CHECK(static_cast<int>(job_state::queued) == 0);
    CHECK(static_cast<int>(job_state::transient_error) == 5);
    CHECK(static_cast<int>(job_state::cancelled) == 8);
}

}  // namespace ferry::test::job_state_test
