#pragma once

#include "cli/options/options_job.hpp"
#include "cli/options/options_output.hpp"
#include "cli/options/options_transfer.hpp"

#include <ferry/result.hpp>

#include <string_view>

namespace ferry::cli {

class option_set;

/// What `get` and `put` have in common: they transfer in their own process.
struct direct_options {
    unsigned parallel = 8;
    bool asynchronous = false;  ///< left to the daemon, as jobs
    job_options job = {};       ///< their names and priority, and what is for obey()
    transfer_settings transfer = {};
    output_options output = {};
};

/// The options of one of the two, bound to a place for their values.
class direct_option_parser {
  public:
    /// Adds them, behind the verb's own ones. Both must outlive the parsing.
    void add_to(option_set& app, direct_options& into);
    /// After the parsing. Errors: errc::bad_argument for what makes no sense together, or is not
    ///   supported; the detail is the line for the user.
    result<void> finish(std::string_view verb, direct_options& into);

  private:
    access_options access_;
    unsupported_options unsupported_;
};

}  // namespace ferry::cli
