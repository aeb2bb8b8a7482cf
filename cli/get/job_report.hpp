#pragma once

#include "cli/get/batch.hpp"

#include <ferry/job.hpp>

#include <vector>

namespace ferry::cli {

// How a batch looks as a job.

/// Brings `report` up to date with a running file.
void update(job_file& report, const running_file& file);

/// The state of a file that ended: acknowledged (a synchronous transfer completes itself),
/// suspended (cancelled; the partial is kept), transient_error or error.
job_state state_of(const result<void>& outcome) noexcept;
/// The state of a file that has not.
job_state state_of(transfer_phase phase) noexcept;
/// The state of a job whose files all ended: the worst of theirs.
job_state state_of(const std::vector<job_file>& files) noexcept;

}  // namespace ferry::cli
