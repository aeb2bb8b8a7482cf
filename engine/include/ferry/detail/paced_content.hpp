#pragma once

#include <ferry/checksum.hpp>
#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>
#include <ferry/upload_session.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace ferry::detail {

/// What an upload sends, wherever it is: held back as the limits say, its progress told to the
/// upload's status. Threads: one executor.
class paced_content : public content {
  public:
    /// @param progressed  Called for bytes that no attempt has sent before. All must outlive it.
    paced_content(
        environment& with, const transfer_options& options, transfer_status& status,
        std::function<void()> progressed)
        : with_(with), options_(options), status_(status), progressed_(std::move(progressed)) {}

    /// Finds out what it is, anew if that was known.
    [[nodiscard]] virtual awaitable<result<void>> open() = 0;
    /// Waits until nothing of it runs any more. Due before it is destroyed.
    [[nodiscard]] virtual awaitable<void> close() = 0;
    /// Tells this object in this state from any other, also to another process; empty: nothing
    /// does.
    virtual std::string version() const = 0;
    /// Who has refused it since the last call; null: nobody.
    virtual const url* take_blame() noexcept { return nullptr; }
    /// Before anything is sent.
    [[nodiscard]] virtual awaitable<result<checksum>> sum(std::string algorithm) = 0;
    /// A new attempt goes on from here.
    virtual void begin(std::uint64_t offset);

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) final;
    void sent(std::uint64_t offset) override;

  protected:
    environment& with() const noexcept { return with_; }
    const transfer_options& options() const noexcept { return options_; }
    transfer_status& status() const noexcept { return status_; }

  private:
    void give_back();
    void go_back(std::uint64_t offset);
    result<void> check_speed();

    environment& with_;
    const transfer_options& options_;
    transfer_status& status_;
    std::function<void()> progressed_;
    std::uint64_t reserved_ = 0;
    std::uint64_t begun_at_ = 0;      // what the attempt went on from
    std::uint64_t offset_ = 0;        // of the next byte to be sent
    std::uint64_t highest_ = 0;       // that any attempt has reached
    clock::time_point moved_ = {};    // when sent() was called last
    clock::duration in_flight_ = {};  // time since measured_ that the network took
    std::uint64_t measured_ = 0;      // bytes sent in that time
};

}  // namespace ferry::detail

#include <ferry/impl/paced_content.ipp>
