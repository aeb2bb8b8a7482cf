#pragma once

#include "cli/batch.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry::cli {

/// How one file of a job stands, as the JSON output tells it.
struct file_report {
    std::string source = {};
    std::string destination = {};
    std::string state = "Queued";
    std::optional<std::uint64_t> bytes_total = {};
    std::uint64_t bytes_transferred = 0;
    std::uint64_t bytes_resumed = 0;
    std::uint64_t bytes_discarded = 0;
    int http_status = 0;         ///< 0: none
    std::string validator = {};  ///< entity tag or date; empty: none
    std::string checksum = {};   ///< "sha256:…" once verified; empty: none
};

/// The last error of a file; tells the job's, too.
struct error_report {
    failure why = {};
    std::size_t file = 0;
    std::optional<std::chrono::system_clock::time_point> next_try = {};
};

struct job_report {
    using time = std::chrono::system_clock::time_point;

    std::string id = {};
    std::string display_name = {};
    std::string description = {};
    std::string type = "download";
    std::string state = "Queued";
    std::string priority = "foreground";
    std::string owner = {};
    time created = {};
    time modified = {};
    std::optional<time> completed = {};
    std::optional<error_report> error = {};
    std::vector<file_report> files = {};
};

/// Brings `report` up to date with a running file.
void update(file_report& report, const running_file& file);

/// The state of a file that ended: "Acknowledged" (a synchronous transfer completes itself),
/// "Suspended" (cancelled; the partial is kept), "TransientError" or "Error".
std::string state_of(const result<void>& outcome);
/// The state of a file that has not.
std::string state_of(transfer_phase phase);
/// The state of a job whose files all ended: the worst of theirs.
std::string state_of(const std::vector<file_report>& files);

boost::json::object to_json(const file_report& file);
boost::json::object to_json(const error_report& error);
boost::json::object to_json(const job_report& job);  ///< every key is always there

}  // namespace ferry::cli
