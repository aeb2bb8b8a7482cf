#pragma once

#include <ferry/checksum.hpp>
#include <ferry/detail/with_timeout.hpp>
#include <ferry/transfer.hpp>

#include <chrono>
#include <utility>

namespace ferry::detail {

/// The object's own name, where a folder is named.
inline url object_at(url to, const std::string& from) {
    if (to.path.ends_with('/'))
        to.path += percent_encode(name_of(from), [](char c) { return !is_unreserved(c); });
    return to;
}

inline upload_task::upload_task(
    environment& with, std::string from, url to, transfer_options options, upload_options asked,
    transfer_status& status)
    : with_(with),
      from_(std::move(from)),
      to_(std::move(to)),
      options_(std::move(options)),
      asked_(std::move(asked)),
      status_(status),
      patience_(with, to_, options_, status),
      content_(with, options_, status, [this] { patience_.progressed(with_.time.now()); }),
      journal_(asked_.journals, from_, to_string(object_at(to_, from_))) {
    if (!options_.access) options_.access = std::make_shared<access_options>();
}

inline awaitable<result<void>> upload_task::run() {
    auto ready = co_await prepare();
    if (ready) ready = co_await verify();
    if (!ready) co_return ready;
    auto outcome = co_await try_until_done();
    const bool skips = options_.existing == existing_policy::skip;
    if (!outcome && outcome.error().code == errc::exists && skips) {
        status_.skipped = true;
        outcome = result<void>();
    }
    if (outcome) enter(transfer_phase::done);
    co_return outcome;
}

inline awaitable<result<void>> upload_task::prepare() {
    const auto possible = with_.protocols.check(to_, *options_.access);
    if (!possible) co_return possible;
    auto work = [this]() -> result<void> {
        auto opened = content_.open(from_);
        return opened ? journal_.find() : opened;
    };
    auto ready = co_await with_.disk.run_briefly(work);
    if (!ready) co_return ready;
    status_.bytes_total = content_.size();
    if (const auto& left = journal_.record()) {
        token_ = left->token;
        const bool same = left->of == content_.identity();
        if (!same) co_await drop_session();
    }
    co_return ready;
}

/// Before anything is sent: what is not what it should be, does not go out.
inline awaitable<result<void>> upload_task::verify() {
    if (!options_.expected) co_return result<void>();
    enter(transfer_phase::verifying);
    auto read = [this] { return checksum_of_file(content_.file(), options_.expected->algorithm); };
    auto sum = co_await with_.disk.run(read);
    if (!sum) co_return sum.error();
    status_.checksum = to_string(*sum);
    if (*sum == *options_.expected) co_return result<void>();
    co_return failure{
        errc::checksum_mismatch,
        from_ + " is " + to_string(*sum) + ", not " + to_string(*options_.expected),
        error_context::local_file};
}

inline awaitable<result<void>> upload_task::try_until_done() {
    for (;;) {
        auto slot = co_await patience_.wait_for_host();
        if (!slot) co_return slot.error();
        auto outcome = co_await attempt(std::move(*slot));
        if (outcome) co_return outcome;
        const auto& why = outcome.error();
        if (why.code == errc::session_lost) token_.clear();
        const bool anew = begins_anew(why);
        if (!anew && !is_transient(why.code)) co_return outcome;
        auto next = anew ? start_over() : patience_.wait_before_retry(why);
        auto ready = co_await std::move(next);
        if (!ready) co_return ready;
    }
}

/// The peer has forgotten what it had, or the file is another one now: from the start, at once.
inline bool upload_task::begins_anew(const failure& why) {
    constexpr unsigned most = 5;  // a file that changes more often will not be caught
    const bool of_use = why.code == errc::session_lost || why.code == errc::source_changed;
    return of_use && ++restarts_ <= most;
}

inline awaitable<result<void>> upload_task::start_over() {
    co_await drop_session();
    auto look = [this] { return content_.open(from_); };
    auto opened = co_await with_.disk.run_briefly(look);
    if (!opened) co_return opened;
    status_.bytes_total = content_.size();
    status_.bytes_resumed = 0;
    auto verified = co_await verify();
    co_return verified;
}

/// The connection counts until the attempt is over.
inline awaitable<result<void>> upload_task::attempt(host_slots::slot) {
    enter(transfer_phase::connecting);
    auto* plug = with_.protocols.find(to_.scheme);  // prepare() saw to it
    auto beginning = plug->begin_upload(request());
    auto begun = co_await std::move(beginning);
    if (!begun) co_return begun.error();
    auto& session = **begun;
    auto remembered = co_await remember(session);
    if (!remembered) co_return remembered;
    auto sent = co_await send(session);
    if (!sent) co_return sent;
    enter(transfer_phase::publishing);
    auto fetched = co_await fetch_reply(session);
    if (!fetched) co_return fetched;
    auto finished = co_await session.finish();
    if (!finished) co_return finished.error();
    status_.object = *std::move(finished);
    co_await forget();
    co_return result<void>();
}

inline upload_request upload_task::request() const {
    upload_request what;
    what.what = to_;
    what.name = name_of(from_);
    what.size = content_.size();
    what.how = asked_.how;
    what.token = token_;
    what.replace = options_.existing == existing_policy::replace;
    what.make_folders = options_.create_directories;
    what.wants_reply = !asked_.reply.empty();
    what.stall_timeout = options_.stall_timeout;
    what.access = options_.access;
    return what;
}

/// On the disk before the first byte is sent: whoever goes on must know where.
inline awaitable<result<void>> upload_task::remember(upload_session& session) {
    if (session.token() == token_) co_return result<void>();
    token_ = session.token();
    if (token_.empty()) co_return result<void>();
    auto write = [this] { return journal_.keep(content_.identity(), token_); };
    auto kept = co_await with_.disk.run(write);
    if (!kept && kept.error().code == errc::busy) co_return kept;
    co_return result<void>();  // without a journal it begins anew after a crash: no reason to stop
}

inline awaitable<result<void>> upload_task::send(upload_session& session) {
    const bool first = !std::exchange(began_, true);
    if (first) status_.bytes_resumed = session.offset();
    content_.begin(session.offset());
    status_.connections = 1;
    enter(transfer_phase::sending);
    auto sent = co_await session.send(content_);
    status_.connections = 0;
    if (!sent) co_return sent;
    auto same = co_await content_.unchanged();
    co_return same;
}

inline awaitable<result<void>> upload_task::fetch_reply(upload_session& session) {
    if (asked_.reply.empty()) co_return result<void>();
    auto where = session.reply();
    if (where.scheme.empty())
        co_return failure{
            errc::malformed, to_string(to_) + ": no reply was offered", error_context::remote_file};
    auto options = options_;
    options.expected.reset();
    options.on_change = {};
    options.access = access_elsewhere(options_.access, to_, where);
    transfer_status reply;
    const auto here = co_await asio::this_coro::executor;
    // a coroutine of its own: its end switches off cancellation
    auto going = download(with_, std::move(where), asked_.reply, std::move(options), reply);
    auto [thrown, outcome] = co_await asio::co_spawn(here, std::move(going), nothrow);
    if (thrown) co_return failure{errc::cancelled};  // before it began
    status_.mark = reply.mark;
    co_return std::move(outcome);
}

inline awaitable<result<void>> upload_task::give_up() {
    auto find = [this] { return journal_.find(); };
    auto found = co_await with_.disk.run_briefly(find);
    if (!found || !journal_.record()) co_return found;
    token_ = journal_.record()->token;
    co_await drop_session();
    co_return found;
}

/// Tells the peer to forget it, if he can be told soon; the journal does in any case.
inline awaitable<void> upload_task::drop_session() {
    constexpr std::chrono::seconds soon{5};
    if (!token_.empty()) {
        auto cancelling = cancel_session();
        auto told = co_await with_timeout(with_.time, soon, std::move(cancelling));
        static_cast<void>(told);
    }
    co_await forget();
}

inline awaitable<void> upload_task::forget() {
    token_.clear();
    if (!journal_.holds_anything()) co_return;
    auto remove = [this] { return journal_.remove(); };
    const auto removed = co_await with_.disk.run_briefly(remove);
    static_cast<void>(removed);  // what cannot be deleted is found out of date the next time
}

inline awaitable<result<void>> upload_task::cancel_session() {
    auto* plug = with_.protocols.find(to_.scheme);
    if (!plug) co_return result<void>();
    auto what = request();
    if (const auto& left = journal_.record()) what.size = left->of.size;
    auto beginning = plug->begin_upload(std::move(what));
    auto found = co_await std::move(beginning);
    if (!found) co_return found.error();
    auto cancelled = co_await (*found)->cancel();
    co_return cancelled;
}

}  // namespace ferry::detail
