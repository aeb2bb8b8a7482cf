#pragma once

#include <ferry/checksum.hpp>
#include <ferry/detail/file_content.hpp>
#include <ferry/detail/remote_content.hpp>
#include <ferry/detail/with_timeout.hpp>
#include <ferry/transfer.hpp>

#include <chrono>
#include <utility>

namespace ferry::detail {

/// What it is called where a folder is named.
inline std::string name_in_folder(const url& from) {
    return from.scheme == "file" ? name_of(percent_decode(from.path)) : file_name_of(from);
}

inline url object_at(url to, const url& from) {
    if (to.path.ends_with('/'))
        to.path += percent_encode(name_in_folder(from), [](char c) { return !is_unreserved(c); });
    return to;
}

/// For journals and people.
inline std::string name_of_source(const url& from) {
    return from.scheme == "file" ? percent_decode(from.path) : to_string(from);
}

inline std::unique_ptr<paced_content> content_of(
    environment& with, const url& from, const upload_options& asked,
    const transfer_options& options, transfer_status& status, std::function<void()> progressed) {
    if (from.scheme == "file")
        return std::make_unique<file_content>(
            with, percent_decode(from.path), options, status, std::move(progressed));
    auto access = asked.source_access;
    if (!access) access = std::make_shared<access_options>();
    return std::make_unique<remote_content>(
        with, from, std::move(access), options, status, std::move(progressed));
}

inline upload_task::upload_task(
    environment& with, url from, url to, transfer_options options, upload_options asked,
    transfer_status& status)
    : with_(with),
      from_(std::move(from)),
      to_(std::move(to)),
      options_(std::move(options)),
      asked_(std::move(asked)),
      status_(status),
      patience_(with, to_, options_, status, is_remote() ? &from_ : nullptr),
      content_(content_of(
          with, from_, asked_, options_, status,
          [this] { patience_.progressed(with_.time.now()); })),
      journal_(asked_.journals, name_of_source(from_), to_string(object_at(to_, from_))) {
    if (!options_.access) options_.access = std::make_shared<access_options>();
}

inline awaitable<result<void>> upload_task::run() {
    auto ready = co_await prepare();
    if (!ready) co_return ready;
    auto outcome = co_await try_until_done();
    const auto good_enough =
        options_.existing == existing_policy::skip ? errc::exists : errc::unchanged;
    if (!outcome && outcome.error().code == good_enough) {
        status_.skipped = true;
        outcome = result<void>();
    }
    if (outcome) enter(transfer_phase::done);
    co_return outcome;
}

/// What is here is looked at before anybody has to be asked.
inline awaitable<result<void>> upload_task::prepare() {
    if (const auto possible = with_.protocols.check(to_, *options_.access); !possible)
        co_return of_end(possible.error(), false);
    if (const auto good = check_source(); !good) co_return of_end(good.error(), true);
    auto find = [this] { return journal_.find(); };
    result<void> found;
    if (!journal_.has_no_folder()) found = co_await with_.disk.run_briefly(find);
    if (!found || is_remote()) co_return found;
    auto opened = co_await open();
    co_return opened;
}

inline result<void> upload_task::check_source() const {
    if (!is_remote()) return {};
    if (to_.path.ends_with('/') && name_in_folder(from_).empty())
        return failure{
            errc::bad_argument,
            to_string(from_) + ": no file name in the URL (name a destination)"};
    return with_.protocols.check(
        from_, asked_.source_access ? *asked_.source_access : access_options());
}

inline awaitable<result<void>> upload_task::open() {
    auto opened = co_await content_->open();
    if (!opened) co_return opened;
    status_.bytes_total = content_->size();
    if (const auto& left = journal_.record()) {
        token_ = left->token;
        const bool same = !left->version.empty() && left->version == content_->version() &&
                          left->size == content_->size();
        if (!same) co_await drop_session();
    }
    auto verified = co_await verify();
    open_ = verified.has_value();
    co_return verified;
}

/// Before anything is sent: what is not what it should be, does not go out.
inline awaitable<result<void>> upload_task::verify() {
    if (!options_.expected) co_return result<void>();
    enter(transfer_phase::verifying);
    auto sum = co_await content_->sum(options_.expected->algorithm);
    if (!sum) co_return sum.error();
    status_.checksum = to_string(*sum);
    if (*sum == *options_.expected) co_return result<void>();
    co_return failure{
        errc::checksum_mismatch,
        name_of_source(from_) + " is " + to_string(*sum) + ", not " + to_string(*options_.expected),
        error_context::local_file};
}

inline awaitable<result<void>> upload_task::try_until_done() {
    for (;;) {
        auto outcome = co_await try_once();
        if (outcome) co_return outcome;
        const auto& why = outcome.error();
        if (why.code == errc::session_lost) token_.clear();
        const bool anew = begins_anew(why);
        if (anew || why.code == errc::source_changed) co_await drop_session();
        if (anew) {
            open_ = false;
            status_.bytes_resumed = 0;
            continue;
        }
        const auto* source = content_->take_blame();
        if (!is_transient(why.code)) co_return of_end(why, source != nullptr);
        auto by = source ? *source : to_;
        auto waited = co_await patience_.wait_before_retry(why, std::move(by));
        if (!waited) co_return waited;
    }
}

/// What a server wants to know, each end has options of its own for.
inline failure upload_task::of_end(failure why, bool source) const {
    if (!is_remote()) return why;
    for (const std::string option : {"--credential", "--password-file"})
        if (const auto at = why.detail.find(option); at != why.detail.npos)
            why.detail.insert(at + 2, source ? "source-" : "destination-");
    return why;
}

inline awaitable<result<void>> upload_task::try_once() {
    auto slot = co_await patience_.wait_for_host();
    if (!slot) co_return slot.error();
    enter(transfer_phase::connecting);
    if (!open_) {
        auto opened = co_await open();
        if (!opened) co_return opened;
    }
    auto outcome = co_await attempt(std::move(*slot));
    co_return outcome;
}

/// The peer has forgotten what it had, or the file is another one now: from the start, at once.
inline bool upload_task::begins_anew(const failure& why) {
    constexpr unsigned most = 5;  // a file that changes more often will not be caught
    const bool of_use = why.code == errc::session_lost || why.code == errc::source_changed;
    return of_use && ++restarts_ <= most;
}

/// The connection counts until the attempt is over.
inline awaitable<result<void>> upload_task::attempt(host_slots::slot) {
    auto* plug = with_.protocols.find(to_.scheme);  // prepare() saw to it
    auto beginning = plug->begin_upload(request(content_->size()));
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

inline upload_request upload_task::request(std::uint64_t size) const {
    upload_request what;
    what.what = to_;
    what.name = name_in_folder(from_);
    what.source = name_of_source(from_);
    what.size = size;
    what.how = asked_.how;
    what.token = token_;
    what.replace = may_replace(options_.existing);
    if (options_.existing == existing_policy::update && !options_.expected)
        what.unless_modified = content_->modified();
    what.make_folders = options_.create_directories;
    what.wants_reply = !asked_.reply.empty();
    what.stall_timeout = options_.stall_timeout;
    what.low_speed_limit = options_.low_speed_limit;
    what.low_speed_time = options_.low_speed_time;
    what.access = options_.access;
    return what;
}

/// On the disk before the first byte is sent: whoever goes on must know where.
inline awaitable<result<void>> upload_task::remember(upload_session& session) {
    if (session.token() == token_) co_return result<void>();
    token_ = session.token();
    if (token_.empty()) co_return result<void>();
    auto write = [this] { return journal_.keep(content_->version(), content_->size(), token_); };
    auto kept = co_await with_.disk.run(write);
    if (!kept && kept.error().code == errc::busy) {
        const auto taken_back = co_await session.cancel();  // nobody would ever go on with it
        static_cast<void>(taken_back);
        co_return kept;
    }
    co_return result<void>();  // without a journal it begins anew after a crash: no reason to stop
}

inline awaitable<result<void>> upload_task::send(upload_session& session) {
    const bool first = !std::exchange(began_, true);
    if (first) status_.bytes_resumed = session.offset();
    content_->begin(session.offset());
    status_.connections = 1;
    enter(transfer_phase::sending);
    auto sent = co_await session.send(*content_);
    status_.connections = 0;
    if (!sent) co_return sent;
    auto same = co_await content_->unchanged();
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
    options.journal_from = 0;  // it cannot be fetched again once the server has closed the session
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
    const auto& left = journal_.record();
    auto beginning = plug->begin_upload(request(left ? left->size : content_->size()));
    auto found = co_await std::move(beginning);
    if (!found) co_return found.error();
    auto cancelled = co_await (*found)->cancel();
    co_return cancelled;
}

}  // namespace ferry::detail
