#pragma once

#include "cli/options/options_output.hpp"
#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace ferry::cli {

/// `ferry suspend`: stops jobs and keeps what they have.
exit_code run_suspend(arguments args);
std::string suspend_help();

/// `ferry complete`: gives files their names. Not all of them were whole: exit_code::some_done.
exit_code run_complete(arguments args);
std::string complete_help();

/// `ferry remove`: ends jobs and deletes what they have.
exit_code run_remove(arguments args);
std::string remove_help();

/// `ferry resume --asynchronous`: queues jobs (again), and does not wait for them.
exit_code resume_without_waiting(
    const std::vector<std::string>& jobs, const output_options& output);

}  // namespace ferry::cli
