#pragma once

#include <ferry/detail/access_elsewhere.hpp>
#include <ferry/detail/file_writer.hpp>
#include <ferry/detail/patience.hpp>
#include <ferry/detail/range_sink.hpp>
#include <ferry/environment.hpp>
#include <ferry/resume.hpp>
#include <ferry/segments.hpp>
#include <ferry/transfer_options.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace ferry::detail {

/// What is at the destination's place.
struct old_file {
    std::uint64_t size = 0;  ///< bytes
    std::chrono::system_clock::time_point modified;
};

/// One call of download(). run() fetches and verifies, finish() publishes or saves; between the two
/// cancellation ends.
class download_task {
  public:
    download_task(
        environment& with, asio::any_io_executor on, url from, std::filesystem::path to,
        transfer_options options, transfer_status& status);

    /// Until all bytes are here and are the right ones.
    [[nodiscard]] awaitable<result<void>> run();
    /// Gives the file its name, or keeps what arrived for another try. Not to be cancelled.
    [[nodiscard]] awaitable<result<void>> finish(result<void> outcome);

  private:
    /// The reply that an attempt begins with, judged good, and where its bytes belong.
    struct opening {
        std::unique_ptr<source> from;
        byte_range lease;
    };

    [[nodiscard]] awaitable<result<void>> prepare();
    [[nodiscard]] awaitable<result<void>> try_until_done();
    bool begins_anew(const failure& why);

    [[nodiscard]] awaitable<result<void>> attempt(host_slots::slot slot);
    [[nodiscard]] awaitable<result<opening>> open_first();
    bool is_here_already(const object_info& now) const;
    [[nodiscard]] awaitable<result<bool>> accept(resume_plan ask, source& reply);
    [[nodiscard]] awaitable<result<bool>> begin_with(source& reply);
    [[nodiscard]] awaitable<result<void>> replace();
    [[nodiscard]] awaitable<result<std::unique_ptr<source>>> open(resume_plan ask, bool further);
    std::shared_ptr<const access_options> access_to(const url& where) const;
    [[nodiscard]] awaitable<result<void>> confirm();
    resume_plan next_plan() const;
    unsigned most_connections() const;
    void adopt(const object_info& reply);
    [[nodiscard]] awaitable<void> keep_from_strangers();
    [[nodiscard]] awaitable<result<void>> check_space();
    bool all_here() const;

    [[nodiscard]] awaitable<result<void>> fetch_all(
        unsigned connections, host_slots::slot slot, std::unique_ptr<source> first, lease* part);
    [[nodiscard]] awaitable<result<void>> work(
        host_slots::slot slot, std::unique_ptr<source> from, lease* part);
    [[nodiscard]] awaitable<result<void>> fetch(std::unique_ptr<source> from, lease* part);
    lease* claim();
    [[nodiscard]] awaitable<result<void>> fetch_lease(std::unique_ptr<source> from, lease& part);
    [[nodiscard]] awaitable<result<void>> fetch_once(std::unique_ptr<source> from, lease& part);
    [[nodiscard]] awaitable<result<void>> copy_watched(source& from, range_sink& into);
    [[nodiscard]] awaitable<result<void>> watch(range_sink& into);

    [[nodiscard]] awaitable<result<void>> verify();
    publication whole_file();
    [[nodiscard]] awaitable<result<void>> publish();
    [[nodiscard]] awaitable<result<void>> hold();
    void enter(transfer_phase phase) { detail::enter(status_, options_, phase); }

    environment& with_;
    url from_;
    std::string to_;  // absolute
    transfer_options options_;
    transfer_status& status_;
    file_writer file_;
    std::optional<old_file> old_;  // that stays if the source is the same
    segment_board board_;
    patience patience_;
    unsigned replacements_ = 0;               // versions given up
    unsigned restarts_ = 0;                   // attempts that began anew without a wait
    unsigned workers_ = 0;                    // connections of this attempt
    unsigned replies_ = 0;                    // of them, those that bring bytes now
    unsigned most_replies_ = 0;               // and did at once
    bool ask_whole_ = false;                  // ranges were tried and are of no use
    bool in_memory_ = false;                  // there is no disk to wait for
    bool kept_is_wrong_ = false;              // a comparison failed
    std::optional<std::uint64_t> to_verify_;  // all of so many bytes are here, but not proven
};

}  // namespace ferry::detail

#include <ferry/impl/download_attempt.ipp>
#include <ferry/impl/download_connections.ipp>
#include <ferry/impl/download_task.ipp>
