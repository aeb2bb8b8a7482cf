#pragma once

#include "cli/jobs/job_sources.hpp"
#include "cli/options/options_job.hpp"
#include "cli/options/options_output.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// How jobs are created, and what happens then.
struct creation {
    job_type type = job_type::download;
    bool suspended = false;
    bool asynchronous = false;
    bool detach_on_interrupt = false;
    find_options find = {};
    job_options job = {};
    output_options output = {};

    /// Nobody waits for the jobs here.
    bool in_background() const noexcept { return suspended || asynchronous; }
};

struct start_options {
    creation how = {};
    source_list files = {};  ///< none only for a job that is suspended
};

struct import_options {
    creation how = {};
    std::string file = {};  ///< "-": standard input
    bool one_job = false;
};

struct add_options {
    std::vector<std::string> jobs = {};  ///< at least one
    source_list files = {};              ///< or
    std::string list = {};               ///< a CSV file; "-": standard input
    find_options find = {};
    output_options output = {};
};

struct set_options {
    std::vector<std::string> jobs = {};  ///< at least one
    job_options job = {};
    output_options output = {};
};

// What stands behind the verb. A failure's detail is the line for the user.

result<start_options> parse_start_options(std::vector<std::string> arguments);
result<import_options> parse_import_options(std::vector<std::string> arguments);
result<add_options> parse_add_options(std::vector<std::string> arguments);
result<set_options> parse_set_options(std::vector<std::string> arguments);

/// A job that is to begin now can have nothing that ferry cannot do yet.
result<void> check_start(const creation& how);

std::string start_help();
std::string import_help();
std::string add_help();
std::string set_help();

}  // namespace ferry::cli
