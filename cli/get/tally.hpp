#pragma once

#include "cli/exit_code.hpp"
#include "cli/get/batch.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace ferry::cli {

/// Counts how the files of a batch end.
class tally final : public batch_observer {
  public:
    explicit tally(std::size_t files) : files_(files) {}

    void started(const running_file&) override {}
    void changed(const running_file&) override {}
    void finished(const running_file& file, const result<void>& outcome) override {
        received_ += file.status.bytes_received;
        if (!outcome && outcome.error().code == errc::cancelled)
            kept_ += file.status.bytes_transferred;
        else if (outcome)
            ++done_;
        else
            failed_.emplace(file.index, outcome.error());
    }

    std::size_t files() const noexcept { return files_; }
    std::size_t done() const noexcept { return done_; }
    std::size_t failed() const noexcept { return failed_.size(); }
    /// Files that were interrupted or never begun.
    std::size_t unfinished() const noexcept { return files_ - done_ - failed_.size(); }
    std::uint64_t bytes_received() const noexcept { return received_; }
    /// In the partials of interrupted files, for the next run.
    std::uint64_t bytes_kept() const noexcept { return kept_; }

    /// Once the batch has ended.
    exit_code code() const {
        if (unfinished() > 0) return exit_code::interrupted;
        std::vector<failure> reasons;
        for (const auto& [index, why] : failed_) reasons.push_back(why);
        return exit_code_of(done_, reasons);
    }

  private:
    std::size_t files_;
    std::size_t done_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t kept_ = 0;
    std::map<std::size_t, failure> failed_;  // by place in the batch: the first one counts
};

}  // namespace ferry::cli
