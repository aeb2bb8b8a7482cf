#pragma once

#include "cli/get/batch.hpp"
#include "cli/options/options_direct.hpp"
#include "cli/options/options_job.hpp"

#include <ferry/job.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <vector>

namespace ferry::cli {

/// A job to be created, in the words of the control socket.
struct job_request {
    boost::json::object create = {};            ///< the parameters of job.create
    std::vector<boost::json::array> more = {};  ///< files for job.add_files that did not fit
    bool start = false;  ///< once all are there; with `more`, the job is created suspended
};
std::size_t count_files(const job_request& request);

struct job_kind {
    job_type type = job_type::download;
    bool suspended = false;
};

/// A job without a name is called after its first file.
job_request make_request(job_kind kind, const job_options& options, std::vector<job_file> files);

/// What `get` or `put` was asked for, as a job that completes itself. Where they were not told how
/// patient to be, it is as patient as jobs are.
/// Errors: errc::bad_argument for a source that is a file of another host.
result<job_request> request_of(
    const direct_options& options, job_type type, std::vector<transfer_item> items,
    std::string upload_protocol = "auto");

/// What options change of a job, as "set" of job.set; but for the unsupported ones, see merged().
boost::json::object change_of(const job_options& options);

/// The files as the control socket has them, in parts that fit into a line of it each. None: none.
std::vector<boost::json::array> in_parts(const std::vector<job_file>& files);

}  // namespace ferry::cli
