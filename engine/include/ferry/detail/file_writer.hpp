#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/holding.hpp>
#include <ferry/detail/task_group.hpp>
#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace ferry::detail {

/// The receiving end of one file: the bytes that are here, their checkpoints, and the kept bytes
/// of another version that they are to replace. Close it before it is destroyed.
class file_writer {
  public:
    /// Bytes that a kill may cost: a checkpoint starts at half of it and more have to wait.
    static constexpr std::uint64_t max_at_risk = 64U << 20;
    static constexpr auto checkpoint_interval = std::chrono::seconds(1);
    /// Smaller objects stay in memory until they are whole: one visit to the disk instead of many.
    static constexpr std::uint64_t small_object = 128U << 10;

    file_writer(
        environment& with, asio::any_io_executor on, transfer_status& status, std::string url,
        const transfer_options& options);

    /// Opens and locks the partial of `destination`, and its replacement if one was begun.
    /// Blocking. Errors: also errc::busy if it holds what a job has of another URL, for nobody's.
    result<void> open(std::string destination);

    holding& held() noexcept { return held_; }
    const holding& held() const noexcept { return held_; }
    const std::optional<holding>& previous() const noexcept { return previous_; }

    /// Gathers another version from now on; the kept bytes stay until it has overtaken them.
    [[nodiscard]] awaitable<result<void>> begin_replacement();
    /// Drops the replacement and goes on with the kept bytes after all.
    [[nodiscard]] awaitable<result<void>> return_to_previous();

    /// Completes when more bytes may come; fails if a checkpoint failed.
    [[nodiscard]] awaitable<result<void>> wait_for_room();
    std::uint64_t room() const noexcept;
    /// Is it time for wait_for_room()?
    bool blocked() const noexcept { return !checkpointed_ || room() == 0; }
    /// Another attempt begins: the next checkpoint may go well.
    void forget_failure() noexcept { checkpointed_ = {}; }
    /// Bytes promised to come (positive), or not to come after all (negative).
    void promise(std::int64_t bytes) noexcept { promised_ += bytes; }

    /// Is a small object being kept in memory?
    bool holds_back() const noexcept { return hold_back_; }
    void hold_back(bool yes) noexcept { hold_back_ = yes; }

    /// The file has these bytes now.
    void arrived(byte_range range);
    /// Writes a small object that memory holds, whole or not, to the file.
    [[nodiscard]] awaitable<result<void>> write_tail();
    /// Waits until no checkpoint runs.
    [[nodiscard]] awaitable<void> settle();
    /// Makes all that arrived durable; deletes a partial that got no byte.
    [[nodiscard]] awaitable<result<void>> save();
    /// Deletes all that arrived, because the destination has it already; call it last, too.
    [[nodiscard]] awaitable<void> discard();
    /// Call it last.
    [[nodiscard]] awaitable<void> close();
    /// Deletes whatever else is left of the transfer after the file got its name.
    [[nodiscard]] awaitable<void> drop_previous();
    /// The same after it was held: what stands in its own place's way goes.
    [[nodiscard]] awaitable<result<void>> replace_previous();
    /// The journal of the whole file.
    journal final_record() const;

    std::uint64_t bytes_here() const noexcept {
        return held_.bytes.ranges.total() + held_.tail.size();
    }

  private:
    [[nodiscard]] awaitable<void> checkpoint();
    [[nodiscard]] awaitable<result<void>> checkpoint_in_background();
    [[nodiscard]] awaitable<result<void>> drop_held();
    result<void> make_room_for_journal();
    void start_checkpoint();
    bool overtaken() const noexcept;
    journal record() const;

    environment& with_;
    transfer_status& status_;
    std::string url_;
    std::string boot_;  // set: nothing is synced
    std::string owner_;
    std::optional<unsigned> umask_;
    std::string destination_;
    holding held_;
    std::optional<holding> previous_;
    std::int64_t promised_ = 0;
    bool hold_back_ = false;
    bool running_ = false;
    result<void> checkpointed_;
    clock::time_point last_;
    event changed_;
    task_group background_;
};

}  // namespace ferry::detail

#include <ferry/impl/file_writer.ipp>
