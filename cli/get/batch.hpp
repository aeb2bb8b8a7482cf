#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/transfer.hpp>
#include <ferry/upload.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

namespace ferry::cli {

/// One file of a batch: where it comes from and goes to, or, for uploads, the other way round.
struct transfer_item {
    url remote = {};
    std::filesystem::path local = {};
    bool named_by_server = false;  ///< a download: the name in `local` is not the final one yet
    /// An upload's source where that is no local file; `local` is then nothing but its name.
    std::optional<url> from = {};
};

/// A file that has started and not ended.
struct running_file {
    std::size_t index;  ///< its place in the batch, from 0
    const transfer_item& item;
    transfer_status status;
    clock::time_point started;
    bool upload = false;
};

/// Is told how a batch goes, on its executor. A running_file stays where it is until finished()
/// returns. The calls must not throw, block, or destroy the batch.
class batch_observer {
  public:
    virtual ~batch_observer() = default;
    virtual void started(const running_file& file) = 0;
    /// A change of phase or a new reply, not every byte.
    virtual void changed(const running_file& file) = 0;
    virtual void finished(const running_file& file, const result<void>& outcome) = 0;
};

struct batch_options {
    unsigned parallel = 8;           ///< files that receive bytes at once
    unsigned publishing = 512;       ///< complete files that may wait for their common sync at once
    unsigned retrying = 256;         ///< failed files that may wait for their next try at once
    transfer_options transfer = {};  ///< for each file; on_change and turn are the batch's
    std::optional<upload_options> upload = {};  ///< they are uploads; none: downloads
    relay_credentials between = {};             ///< for uploads whose source is a server as well
};

/// Downloads or uploads many files, a few at a time. A file whose bytes are complete makes room for
/// the next one while it waits for the disk, and so does one that waits for a retry. Costs nothing
/// for the files whose turn has not come. Threads: one executor. Environment and observer must
/// outlive it.
class batch {
  public:
    batch(
        asio::any_io_executor on, environment& with, std::vector<transfer_item> items,
        batch_options options, batch_observer& observer)
        : with_(with),
          items_(std::move(items)),
          options_(std::move(options)),
          observer_(observer),
          room_(std::move(on)) {}
    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;

    const std::vector<transfer_item>& items() const noexcept { return items_; }

    /// Completes when every file has ended, well or not: how, the observer knows. To be called
    /// once.
    /// Cancellation: terminal; starts nothing more, cancels what runs, waits for it, completes with
    ///   errc::cancelled. What the caller awaits then is clean-up and runs undisturbed.
    [[nodiscard]] awaitable<result<void>> run();

  private:
    awaitable<result<void>> transfer(std::size_t index);
    awaitable<result<void>> moving(running_file& file, transfer_options options);
    awaitable<result<void>> relaying(running_file& file, transfer_options options);
    awaitable<result<void>> download_named(running_file& file, transfer_options options);
    bool has_room() const noexcept;
    void move(unsigned*& place, unsigned& to);
    awaitable<result<void>> receive_again(unsigned*& place);

    environment& with_;
    std::vector<transfer_item> items_;
    batch_options options_;
    batch_observer& observer_;
    std::set<std::filesystem::path> named_;  // by servers
    detail::event room_;
    unsigned receiving_ = 0;  // each file is counted in one of these
    unsigned retrying_ = 0;
    unsigned returning_ = 0;  // of them, those that only wait for room
    unsigned publishing_ = 0;
};

}  // namespace ferry::cli
