#pragma once

#include <ferry/detail/access_elsewhere.hpp>
#include <ferry/detail/paced_content.hpp>
#include <ferry/detail/patience.hpp>
#include <ferry/detail/upload_journal.hpp>
#include <ferry/environment.hpp>
#include <ferry/upload_options.hpp>

#include <memory>
#include <string>

namespace ferry::detail {

/// The upload of one file, or of an object of another place.
class upload_task {
  public:
    /// As with upload().
    upload_task(
        environment& with, url from, url to, transfer_options options, upload_options asked,
        transfer_status& status);
    upload_task(const upload_task&) = delete;
    upload_task& operator=(const upload_task&) = delete;

    /// Cancellation: terminal.
    [[nodiscard]] awaitable<result<void>> run();
    /// After run(), however it ended. Not to be cancelled.
    [[nodiscard]] awaitable<void> close() { return content_->close(); }
    /// Instead of run().
    [[nodiscard]] awaitable<result<void>> give_up();

  private:
    [[nodiscard]] awaitable<result<void>> prepare();
    result<void> check_source() const;
    [[nodiscard]] awaitable<result<void>> open();
    [[nodiscard]] awaitable<result<void>> verify();
    [[nodiscard]] awaitable<result<void>> try_until_done();
    [[nodiscard]] awaitable<result<void>> try_once();
    [[nodiscard]] awaitable<result<void>> attempt(host_slots::slot slot);
    [[nodiscard]] awaitable<result<void>> remember(upload_session& session);
    [[nodiscard]] awaitable<result<void>> send(upload_session& session);
    [[nodiscard]] awaitable<result<void>> fetch_reply(upload_session& session);
    bool begins_anew(const failure& why);
    failure of_end(failure why, bool source) const;
    [[nodiscard]] awaitable<void> drop_session();
    [[nodiscard]] awaitable<void> forget();
    [[nodiscard]] awaitable<result<void>> cancel_session();
    upload_request request(std::uint64_t size) const;
    bool is_remote() const noexcept { return from_.scheme != "file"; }
    void enter(transfer_phase phase) { detail::enter(status_, options_, phase); }

    environment& with_;
    const url from_;
    const url to_;
    transfer_options options_;
    upload_options asked_;
    transfer_status& status_;
    patience patience_;
    const std::unique_ptr<paced_content> content_;
    upload_journal journal_;
    std::string token_;      // of the session to continue; empty: none
    unsigned restarts_ = 0;  // attempts that began anew without a wait
    bool open_ = false;      // content_ is, and is what it should be
    bool began_ = false;     // to send
};

}  // namespace ferry::detail

#include <ferry/impl/upload_task.ipp>
