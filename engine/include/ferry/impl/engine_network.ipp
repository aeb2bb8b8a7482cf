#pragma once

#include <algorithm>

namespace ferry::detail {

/// Is it still to be moved, from another machine or to one?
inline bool needs_network(const job_file& file) {
    if (file.finished()) return false;
    const auto servers = servers_of(file);
    return std::any_of(servers.begin(), servers.end(), [](const url& one) {
        const auto& host = one.host;
        return !host.empty() && host != "localhost" && host != "::1" && !host.starts_with("127.");
    });
}

inline bool needs_network(const job& one) {
    return std::any_of(one.files.begin(), one.files.end(), [](const job_file& file) {
        return needs_network(file);
    });
}

/// Precondition: it is queued.
inline void engine_core::wait_for_network(job_entry& one) {
    schedule_.leave(one.data->order);
    set_state(one, job_event::lose_network);
    const auto code = std::make_error_code(std::errc::network_down);
    one.data->error = job_error{{code, "", error_context::transport}};
}

inline void engine_core::network_lost() {
    offline_ = true;
    for (const auto& one : everyone()) {
        const bool queued = one->data->state == job_state::queued && !one->data->completing;
        if ((!queued && !one->stop) || !needs_network(*one->data)) continue;
        if (one->stop) {
            halt(*one, halt_reason::no_network);
        } else {
            wait_for_network(*one);
            tell(*one, job_news::state);
        }
    }
}

inline void engine_core::network_returned() {
    offline_ = false;
    for (const auto& one : everyone())
        if (one->data->state == job_state::transient_error && !one->at_rest) retry(one);
    reschedule();
}

}  // namespace ferry::detail
