#pragma once

#include <ferry/http/protocol.hpp>
#include <ferry/local/protocol.hpp>
#include <ferry/smb/protocol.hpp>
#include <ferry/transfer.hpp>

#include <memory>
#include <random>

namespace ferry {

/// Everything that transfers share, made with the usual parts: real clocks, all the protocols that
/// come with ferry, four disk threads, no limits. What most programs want; others build an
/// environment of their own.
/// Threads: `on` must be a strand or run by one thread; destroy it after its transfers ended, or
/// when `on` is run no more.
class standard_environment {
  public:
    explicit standard_environment(asio::any_io_executor on, rate_options limit = {})
        : rate_(time_, limit), publishing_(on, disk_), slots_(on), noise_(std::random_device()()) {
        auto http = std::make_unique<http::protocol>(on, time_, disk_);
        http_ = http.get();
        protocols_.add(std::make_unique<local::protocol>(disk_));
        protocols_.add(std::make_unique<smb::protocol>(on, time_));
        protocols_.add(std::move(http));
    }
    environment& get() noexcept { return all_; }
    protocol_set& protocols() noexcept { return protocols_; }
    rate_limit& rate() noexcept { return rate_; }
    /// Unlimited at first.
    host_slots& slots() noexcept { return slots_; }
    http::protocol& http() noexcept { return *http_; }

  private:
    system_clock time_;
    disk_pool disk_;
    rate_limit rate_;
    publisher publishing_;
    host_gates gates_;
    host_slots slots_;
    protocol_set protocols_;
    http::protocol* http_;  // in protocols_
    std::mt19937 noise_;
    environment all_{
        time_,
        protocols_,
        disk_,
        rate_,
        publishing_,
        gates_,
        [this] { return std::uniform_real_distribution<double>()(noise_); },
        &slots_};
};

}  // namespace ferry
