#pragma once

#include <ferry/access.hpp>
#include <ferry/detail/event.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/journal.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// A complete partial that is to get its final name.
struct publication {
    int descriptor = -1;               ///< of the partial; stays the caller's
    std::uint64_t size = 0;            ///< of the whole file
    std::vector<std::byte> unwritten;  ///< its last bytes, while they are only in memory
    std::string partial;               ///< absolute
    std::string destination;           ///< absolute, in the same folder
    std::string journal;               ///< removed, or written to hold; empty: there is none
    std::optional<std::chrono::system_clock::time_point> modified;  ///< the mtime to set
    std::optional<unsigned> mode = {};                              ///< the permissions to set
    std::shared_ptr<const file_rights> rights = {};                 ///< to set; or null
    bool durable = true;  ///< sync data before the rename and the folder after it
    bool replace = true;  ///< false: errc::exists if the destination exists
    /// To be held: this goes to `journal`. None: the mark alone proves that the partial is whole.
    std::optional<ferry::journal> proof = {};
    std::string mark = {};  ///< of a file that was held: whole and safe as long as it has this
};

/// Gives finished files their names: sync the data, rename, sync the folder, delete the journal.
/// Files that end while a sync runs share the next one (group commit), so that thousands of small
/// files cost a few syncs and not thousands.
/// Threads: one executor. Must outlive its calls.
class publisher {
  public:
    publisher(asio::any_io_executor on, disk_pool& disk) : on_(std::move(on)), disk_(disk) {}

    /// Completes when the file has its name and, if asked for, survives a power cut.
    /// Errors: any errno (context local_file), errc::exists; the partial then stays.
    /// errc::not_found if a file that was held is not there any more, or is not the same.
    /// Cancellation: none; it is waited for.
    [[nodiscard]] awaitable<result<void>> publish(publication file);
    /// Many at once, for the price of one wait. Completes with an outcome for each, as publish().
    [[nodiscard]] awaitable<std::vector<result<void>>> publish(std::vector<publication> files);
    /// No name yet: completes when the partial is complete and, if asked for, survives a power cut,
    /// with its mark. Errors, cancellation: as publish().
    [[nodiscard]] awaitable<result<std::string>> hold(publication file);

  private:
    struct entry {
        publication file;
        bool to_hold;
        bool held_before() const noexcept { return !to_hold && !file.mark.empty(); }
        bool gets_name() const noexcept { return !to_hold || file.proof; }
        std::optional<journal_draft> proof = {};  // of a file to hold
        result<void> outcome = {};
    };
    struct request {
        explicit request(asio::any_io_executor on) : called(std::move(on)) {}
        std::vector<entry> files;
        detail::event called;  // done, or the first of those who wait: time to commit
        bool done = false;
    };
    using group = std::vector<entry*>;
    [[nodiscard]] awaitable<entry> commit_with_others(entry mine);
    [[nodiscard]] awaitable<void> commit_with_others(std::shared_ptr<request> mine);
    static void commit(const group& files);
    static void prepare(entry& one);
    static void prepare_to_hold(entry& one);
    static bool sync_data(const group& files);
    static void sync_folder(const std::string& folder, const group& files);
    static result<void> give_name(entry& one);

    asio::any_io_executor on_;
    disk_pool& disk_;
    std::vector<std::shared_ptr<request>> waiting_;
    bool busy_ = false;
};

}  // namespace ferry

#include <ferry/impl/publisher.ipp>
