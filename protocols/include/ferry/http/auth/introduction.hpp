#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/http/auth/authenticator.hpp>

#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace ferry::http {

/// What all who ask have wanted so far, by whom we were to them.
/// Threads: one executor. Outlives the introductions that are made with it.
class standings {
  public:
    standings(asio::any_io_executor on, clock& time, disk_pool& disk)
        : time_(time), disk_(disk), trial_over_(std::move(on)) {}

  private:
    friend class introduction;
    std::shared_ptr<standing> of(asker by, std::string where, const credentials& who);

    clock& time_;
    disk_pool& disk_;
    ferry::detail::event trial_over_;
    std::map<std::tuple<asker, std::string, credentials>, std::shared_ptr<standing>> all_;
};

/// Tells one asker who we are, for the time of one request, as an authenticator does; and sees to
/// it that a wrong password is not told by each of many requests, as accounts are locked for that:
/// - until an asker has taken an answer of ours, one request at a time answers it. The others wait
///   for what comes of it, up to two seconds: it may take long to send a file.
/// - an answer that was refused three times, without being taken in between where the same is
///   wanted (scheme, realm), is not given again for five seconds. (Not once: for one path it may be
///   another matter, and a server may be mended.)
/// Threads: the executor of the standings.
class introduction {
  public:
    /// @param host   Of the server or proxy; a Kerberos ticket is for HTTP@host.
    /// @param where  The origin, or the proxy: what is known of it is shared.
    introduction(
        standings& all, asker by, const std::string& host, std::string where, credentials who);
    introduction(const introduction&) = delete;
    introduction& operator=(const introduction&) = delete;
    ~introduction() { end_trial(); }

    /// As authenticator::answer().
    [[nodiscard]] awaitable<result<std::string>> answer(std::string method, std::string target);
    /// As authenticator::challenged().
    [[nodiscard]] awaitable<result<void>> challenged(response_head reply);
    /// The asker asks no more.
    void accepted();

    /// There is nothing that could be said.
    bool anonymous() const noexcept { return !known_; }
    bool bound_to_connection() const noexcept { return who_.bound_to_connection(); }
    bool only_greets() const { return who_.only_greets(); }

  private:
    awaitable<result<void>> wait_for_trial();
    void begin_trial();
    void end_trial();
    bool is_locked() const;
    failure not_again() const;
    void note_refusal(std::string wish, failure why);

    standings& all_;
    const asker by_;
    const std::shared_ptr<standing> known_;  // null: anonymous
    authenticator who_;
    std::string wish_;  // that our answer is for
    bool on_trial_ = false;
};

}  // namespace ferry::http

#include <ferry/http/auth/impl/introduction.ipp>
