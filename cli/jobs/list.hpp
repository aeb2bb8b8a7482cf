#pragma once

#include "cli/control/control_client.hpp"
#include "cli/control/document.hpp"
#include "cli/options/options_list.hpp"
#include "cli/verb.hpp"

#include <boost/json/array.hpp>

namespace ferry::cli {

/// `ferry list`: the jobs that are not over.
exit_code run_list(arguments args);

/// All jobs that are not over, in the order of their arrival; asks for them page by page.
/// Errors: as control_client::call().
result<boost::json::array> fetch_jobs(control_client& daemon, job_detail detail);

}  // namespace ferry::cli
