#pragma once

namespace ferry {
namespace detail {

inline constexpr std::array<std::string_view, job_states> job_state_names = {
    "Queued",         "Connecting",  "Transferring", "Suspended", "Error",
    "TransientError", "Transferred", "Acknowledged", "Cancelled"};

/// `event` leads from each state of `from` to `to`.
struct job_rule {
    job_event event;
    unsigned from;  // a bit for each state
    job_state to;
};

template <class... States>
constexpr unsigned one_of(States... states) {
    return (0U | ... | (1U << static_cast<unsigned>(states)));
}

constexpr auto make_job_rules() {
    using enum job_state;
    using enum job_event;
    constexpr auto running = one_of(connecting, transferring);
    constexpr auto active = running | one_of(queued, transient_error);
    constexpr auto listed = active | one_of(suspended, error, transferred);
    return std::array{
        job_rule{resume, one_of(suspended, error, transient_error, transferred, queued), queued},
        job_rule{resume, one_of(connecting), connecting},
        job_rule{resume, one_of(transferring), transferring},
        job_rule{suspend, listed, suspended},
        job_rule{complete, listed, acknowledged},
        job_rule{cancel, listed, cancelled},
        job_rule{start, one_of(queued), connecting},
        job_rule{connect, running, transferring},
        job_rule{preempt, running, queued},
        job_rule{lose_network, active, transient_error},
        job_rule{fail_for_now, running, transient_error},
        job_rule{retry, one_of(transient_error), queued},
        job_rule{give_up, one_of(transient_error), error},
        job_rule{fail, running, error},
        job_rule{finish, one_of(transferring), transferred},
        job_rule{reject_content, one_of(transferred), error}};
}

inline constexpr auto job_rules = make_job_rules();

}  // namespace detail

constexpr std::optional<job_state> next_state(job_state state, job_event event) noexcept {
    for (const auto& rule : detail::job_rules)
        if (rule.event == event && (rule.from & detail::one_of(state)) != 0) return rule.to;
    return std::nullopt;
}

constexpr std::string_view to_string(job_state state) noexcept {
    return detail::job_state_names[static_cast<std::size_t>(state)];
}

inline std::optional<job_state> parse_job_state(std::string_view text) noexcept {
    for (std::size_t i = 0; i < job_states; ++i)
        if (detail::job_state_names[i] == text) return static_cast<job_state>(i);
    return std::nullopt;
}

}  // namespace ferry
