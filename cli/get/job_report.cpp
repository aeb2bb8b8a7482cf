#include "cli/get/job_report.hpp"

#include <algorithm>

namespace ferry::cli {
void update(job_file& report, const running_file& file) {
    const auto& status = file.status;
    if (!file.upload) report.destination = file.item.local.native();
    report.state = state_of(status.phase);
    report.bytes_total = status.bytes_total;
    report.bytes_transferred = status.bytes_transferred;
    report.bytes_resumed = status.bytes_resumed;
    report.bytes_discarded = status.bytes_discarded;
    report.http_status = status.object.http_status;
    report.validator = to_string(status.object.version);
    report.checksum = status.checksum;
    report.response_headers = status.object.headers;
}

job_state state_of(const result<void>& outcome) noexcept {
    if (outcome) return job_state::acknowledged;
    const auto& code = outcome.error().code;
    if (code == errc::cancelled) return job_state::suspended;
    return is_transient(code) ? job_state::transient_error : job_state::error;
}

job_state state_of(transfer_phase phase) noexcept {
    switch (phase) {
        case transfer_phase::waiting:
            return job_state::queued;
        case transfer_phase::connecting:
            return job_state::connecting;
        case transfer_phase::retrying:
            return job_state::transient_error;
        default:
            return job_state::transferring;
    }
}

job_state state_of(const std::vector<job_file>& files) noexcept {
    for (const auto bad : {job_state::suspended, job_state::error, job_state::transient_error})
        if (std::any_of(files.begin(), files.end(), [bad](const job_file& file) {
                return file.state == bad;
            }))
            return bad;
    return job_state::acknowledged;
}

}  // namespace ferry::cli
