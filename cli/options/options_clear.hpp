#pragma once

#include "cli/options/options_job.hpp"

#include <string_view>

namespace ferry::cli {

/// What a job may have been asked for, and `set --clear` takes back.
struct clearable {
    std::string_view name;         ///< the option's
    std::string_view member;       ///< of the settings; empty: none
    std::string_view secret = {};  ///< that goes with it
};

/// Null: there is no such thing.
const clearable* find_clearable(std::string_view name);

/// Do the options set it?
bool is_set(const clearable& what, const job_options& options);

void forget(const clearable& what, job_options& options);

}  // namespace ferry::cli
