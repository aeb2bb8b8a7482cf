#pragma once

#include <ferry/detail/file_writer.hpp>
#include <ferry/segments.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace ferry::detail {

/// Puts the bytes of one connection where its lease says. Where the file has bytes already it
/// compares instead of writing: that is how a continued partial is proven right.
class range_sink final : public sink {
  public:
    range_sink(environment& with, file_writer& file, transfer_status& status, lease& part)
        : with_(with), file_(file), status_(status), part_(part), moved_(with.time.now()) {}

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override;
    awaitable<result<void>> write(std::span<const std::byte> bytes) override;
    direct_output direct() const noexcept override {
        if (comparing_ || file_.holds_back()) return {};
        return {file_.held().file.descriptor(), part_.next};
    }
    void accepted(std::uint64_t bytes) override;
    /// Ends the last reservation: what did not come of it is nobody's again. Due after each copy,
    /// and not left to the destructor, which may be late: when an executor is destroyed, its
    /// coroutines go in any order.
    void give_back();

    /// When bytes came last, or might have come had we asked for them.
    clock::time_point last_moved() const noexcept { return moved_; }
    std::uint64_t received() const noexcept { return received_; }
    /// Is it on us, not on the peer, that nothing moves?
    bool waits_for_us() const noexcept { return busy_; }
    /// Did the peer send other bytes than the file has?
    bool disproved() const noexcept { return disproved_; }

  private:
    std::uint64_t next_step(std::uint64_t most);
    void advance(std::uint64_t bytes);

    environment& with_;
    file_writer& file_;
    transfer_status& status_;
    lease& part_;
    clock::time_point moved_;
    std::uint64_t received_ = 0;
    bool comparing_ = false;
    bool busy_ = false;
    bool disproved_ = false;
};

}  // namespace ferry::detail

#include <ferry/impl/range_sink.ipp>
