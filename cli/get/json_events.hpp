#pragma once

#include "cli/get/batch.hpp"
#include "cli/text/speed_meter.hpp"

#include <ferry/job.hpp>

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// Tells programs about a batch: one JSON object a line (NDJSON).
/// Every event has "v", "event", "time" and "job_id"; what concerns a file also "file" (its place
/// from 0), "source" and "destination".
///   job.started    display_name, files_total; job: its document without files, as for a job
///   file.started
///   file.progress  bytes_total, bytes_transferred, bytes_resumed, bytes_per_second, state
///   file.retry     error, with the time of the next try
///   file.finished  all of the file's document, milliseconds, skipped
///   file.error     the same, and error
///   job.finished   job: the whole job
class json_events final : public batch_observer {
  public:
    /// `write` takes a line with its end.
    using writer = std::function<void(std::string_view)>;

    json_events(
        clock& time, const std::vector<transfer_item>& items, job_type type, std::string id,
        std::string owner, writer write);

    void begin();
    void started(const running_file& file) override;
    void changed(const running_file& file) override;
    void finished(const running_file& file, const result<void>& outcome) override;
    /// To be called by a timer, at most twice a second: file.progress for what is active.
    void tick();
    /// Once the batch has ended. Files that never began were interrupted.
    void end();

  private:
    struct active {
        const running_file* file;
        speed_meter speed = {};
        std::optional<clock::time_point> next_try = {};
    };
    boost::json::object event(std::string_view name) const;
    boost::json::object file_event(std::string_view name, std::size_t index) const;
    void emit(const boost::json::object& event);
    void remember(const failure& why, std::size_t file);

    clock& time_;
    job job_;
    writer write_;
    std::map<std::size_t, active> active_;
};

}  // namespace ferry::cli
