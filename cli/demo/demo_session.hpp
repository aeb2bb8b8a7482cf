#pragma once

#include "cli/demo/demo_server.hpp"
#include "cli/demo/temporary_folder.hpp"
#include "cli/exit_code.hpp"
#include "cli/get/batch.hpp"
#include "cli/options/options_output.hpp"
#include "cli/text/console.hpp"
#include "cli/world.hpp"

#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace ferry::cli {

/// Remembers how the one file of a batch went.
class demo_watch final : public batch_observer {
  public:
    void started(const running_file& file) override { running_ = &file; }
    void changed(const running_file& file) override {
        if (file.status.phase == transfer_phase::retrying) retried_ = true;
    }
    void finished(const running_file& file, const result<void>& outcome) override {
        running_ = nullptr;
        status_ = file.status;
        outcome_ = outcome;
    }
    std::uint64_t bytes_so_far() const { return running_ ? running_->status.bytes_transferred : 0; }
    bool retried() const noexcept { return retried_; }
    const transfer_status& status() const noexcept { return status_; }
    const result<void>& outcome() const noexcept { return outcome_; }

  private:
    const running_file* running_ = nullptr;
    bool retried_ = false;
    transfer_status status_;
    result<void> outcome_;
};

/// The story that `ferry demo` tells: a transfer loses its connection, is interrupted, continued
/// and verified. Every claim that it prints was checked.
class demo_session {
  public:
    demo_session(const output_options& options, std::filesystem::path folder);
    exit_code run();

  private:
    awaitable<result<void>> story();
    awaitable<result<void>> first_run();
    awaitable<result<void>> second_run();
    awaitable<result<void>> attempt(std::uint64_t interrupt_at, demo_watch& watch);
    result<void> verify();
    transfer_options transfer() const;
    void say(const std::string& text) const;

    const output_options& options_;
    std::filesystem::path file_;
    asio::io_context io_{1};
    world world_;
    demo_server server_;
    checksum original_;
    std::uint64_t kept_ = 0;
    bool stopped_ = false;  // by a signal
    asio::cancellation_signal stop_;
};

}  // namespace ferry::cli
