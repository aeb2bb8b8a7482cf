#pragma once

#include <ferry/detail/file.hpp>

#include <asio/experimental/awaitable_operators.hpp>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <string>
#include <utility>

namespace ferry::detail {

/// What the first connection of several asks for, to learn how the object is to be divided.
inline constexpr std::uint64_t first_share = 4U << 20;
/// An object that changes more often than that while it is fetched will not be caught.
inline constexpr unsigned most_replacements = 5;

inline download_task::download_task(
    environment& with, asio::any_io_executor on, url from, std::filesystem::path to,
    transfer_options options, transfer_status& status)
    : with_(with),
      from_(std::move(from)),
      to_(to.is_absolute() ? to.string() : std::filesystem::absolute(to).string()),
      options_(std::move(options)),
      status_(status),
      file_(with, on, status, to_string(from_), options_.sync == sync_policy::automatic),
      progressed_(with.time.now()) {
    status_.destination = to_;
    if (!options_.access) options_.access = std::make_shared<access_options>();
    auto bare = *options_.access;
    bare.headers.clear();
    bare_access_ = std::make_shared<access_options>(std::move(bare));
}

inline void download_task::enter(transfer_phase phase) {
    status_.phase = phase;
    if (options_.on_change) options_.on_change(status_);
}

/// Looks at what stands at the destination's place already. Blocking.
inline result<bool> may_write(const std::string& to, existing_policy policy) {
    struct stat there {};
    if (name_of(to).empty())
        return failure{errc::bad_argument, to + " names no file", error_context::local_file};
    if (::stat(to.c_str(), &there) == 0) {
        if (S_ISDIR(there.st_mode)) return file_failure(EISDIR, "write " + to);
        if (!S_ISREG(there.st_mode))
            return failure{
                errc::unsupported, to + " is no regular file", error_context::local_file};
    } else if (policy == existing_policy::replace || ::lstat(to.c_str(), &there) != 0) {
        return true;
    }
    if (policy == existing_policy::fail)
        return failure{errc::exists, to, error_context::local_file};
    return policy == existing_policy::replace;
}

inline awaitable<result<void>> download_task::prepare() {
    auto work = [this]() -> result<void> {
        auto may = may_write(to_, options_.existing);
        if (!may) return may.error();
        status_.skipped = !*may;
        if (status_.skipped) return {};
        std::error_code error;
        if (options_.create_directories) std::filesystem::create_directories(folder_of(to_), error);
        if (error) return file_failure(error.value(), "create folder " + folder_of(to_));
        auto opened = file_.open(to_);
        in_memory_ = opened && lives_in_memory(file_.held().file.descriptor());
        return opened;
    };
    auto ready = co_await with_.disk.run_briefly(work);
    co_return ready;
}

inline awaitable<result<void>> download_task::run() {
    auto ready = co_await prepare();
    if (!ready || status_.skipped) co_return ready;
    auto fetched = co_await try_until_done();
    if (!fetched) co_return fetched;
    auto verified = co_await verify();
    const bool blame_kept =
        !verified && verified.error().code == errc::checksum_mismatch && status_.bytes_resumed != 0;
    if (!blame_kept) co_return verified;
    kept_is_wrong_ = true;
    fetched = co_await try_until_done();
    if (!fetched) co_return fetched;
    verified = co_await verify();
    co_return verified;
}

inline awaitable<result<void>> download_task::try_until_done() {
    for (;;) {
        auto gate = co_await wait_for_gate();
        if (!gate) co_return gate;
        auto outcome = co_await attempt();
        if (outcome) co_return outcome;
        auto kept = co_await file_.write_tail();
        if (!kept) co_return kept;
        if (begins_anew(outcome.error())) continue;
        if (!is_transient(outcome.error().code)) co_return outcome;
        auto waited = co_await wait_before_retry(outcome.error());
        if (!waited) co_return waited;
    }
}

/// Another version, or ranges that are none: the next attempt asks in another way, at once.
inline bool download_task::begins_anew(const failure& why) {
    constexpr unsigned most = 8;
    if (why.code != errc::source_changed && why.code != errc::range_refused) return false;
    if (++restarts_ > most || replacements_ > most_replacements) return false;
    if (why.code == errc::range_refused) ask_whole_ = true;
    return true;
}

inline awaitable<result<void>> download_task::wait_for_gate() {
    const auto opens = with_.gates.opens(from_.host);
    if (opens <= with_.time.now()) co_return result<void>();
    status_.next_try = opens;
    enter(transfer_phase::retrying);
    auto slept = co_await with_.time.sleep_until(opens);
    status_.next_try.reset();
    co_return slept;
}

inline awaitable<result<void>> download_task::wait_before_retry(failure why) {
    using std::chrono::milliseconds;
    const auto now = with_.time.now();
    const auto idle = std::chrono::duration_cast<milliseconds>(now - progressed_);
    ++failures_;
    if (why.retry_after.count() > 0) with_.gates.close(from_.host, now + why.retry_after);
    const auto wait = next_wait(options_.retry, failures_, idle, why.retry_after, with_.random());
    if (!wait) co_return why;
    status_.last_error = why;
    status_.next_try = now + *wait;
    enter(transfer_phase::retrying);
    auto slept = co_await with_.time.sleep_until(now + *wait);
    status_.next_try.reset();
    co_return slept;
}

// --- one attempt: a first reply, judged, then everything that is missing ---

inline bool download_task::all_here() const {
    const auto& bytes = file_.held().bytes;
    if (!bytes.size) return false;
    return file_.bytes_here() == *bytes.size;
}

inline awaitable<result<void>> download_task::attempt() {
    enter(transfer_phase::connecting);
    auto first = co_await open_first();
    if (!first) co_return first.error();
    enter(transfer_phase::receiving);

    auto& bytes = file_.held().bytes;
    auto taken = bytes.ranges;
    taken.add(first->lease);
    const auto missing = bytes.size ? taken.gaps(*bytes.size) : std::vector<byte_range>();
    board_ = segment_board(missing);
    workers_ = 0;
    auto* part = board_.start(first->lease);
    // bytes that stand side by side need a better proof than a date: only a strong tag is one
    const bool side_by_side = options_.connections > 1 && status_.object.ranges && !ask_whole_ &&
                              bytes.version.strong() && !missing.empty();
    const unsigned connections = side_by_side ? options_.connections : 1;
    auto outcome = co_await fetch_all(connections, std::move(first->from), part);
    file_.hold_back(false);
    status_.connections = 0;
    if (outcome && !all_here())
        co_return failure{errc::cut_short, "bytes are missing", error_context::transport};
    co_return outcome;
}

inline resume_plan download_task::next_plan() const {
    const auto& kept = file_.held().bytes;
    if (kept_is_wrong_ || ask_whole_) return {};
    if (to_verify_) return resume::plan_verification(kept, *to_verify_);
    const bool several = options_.connections > 1;
    if (kept.ranges.empty())
        return several ? resume_plan{{0, first_share}, true, {}} : resume_plan{};
    const auto size = kept.size.value_or(byte_range::open_end);
    const auto gaps = kept.ranges.gaps(size);
    if (gaps.empty()) return resume::plan_verification(kept, size);
    auto gap = gaps.front();
    if (several && kept.size) {
        const auto share = (size - kept.ranges.total()) / options_.connections;
        gap.end = std::min(gap.end, gap.first + std::max(share, segment_board::smallest_share));
    }
    if (gap.end == size) gap.end = byte_range::open_end;
    return resume::plan(kept, gap);
}

inline awaitable<result<download_task::opening>> download_task::open_first() {
    constexpr int most = 8;  // each reply of no use changes what is asked next; none does so twice
    for (int i = 0; i < most; ++i) {
        const auto ask = next_plan();
        auto opened = co_await open(ask, false);
        if (!opened && ask.ranged && opened.error().code == errc::malformed) {
            ask_whole_ = true;  // ranges are beyond this server
            continue;
        }
        if (!opened) co_return opened.error();
        auto good = co_await accept(ask, **opened);
        if (!good) co_return good.error();
        if (!*good) continue;
        const auto lease = (*opened)->range();
        const auto& bytes = file_.held().bytes;
        file_.hold_back(
            bytes.ranges.empty() && bytes.size && *bytes.size <= file_writer::small_object &&
            lease == byte_range{0, *bytes.size});
        co_return opening{std::move(*opened), lease};
    }
    co_return failure{
        errc::malformed, to_string(from_) + ": no reply fits what was asked",
        error_context::remote_file};
}

inline awaitable<result<bool>> download_task::accept(resume_plan ask, source& reply) {
    const auto& info = reply.info();
    status_.object = info;
    if (options_.on_change) options_.on_change(status_);
    const auto& before = file_.previous();
    if (before && before->bytes.version.strong() && info.version.strong() &&
        !resume::contradicts(before->bytes, info) &&
        resume::contradicts(file_.held().bytes, info)) {
        auto returned = co_await file_.return_to_previous();
        if (!returned) co_return returned.error();
        co_return false;
    }
    const auto found = kept_is_wrong_ ? verdict::replace
                                      : resume::judge(file_.held().bytes, ask, info, reply.range());
    if (found == verdict::verify) {
        to_verify_ = info.size;
        co_return false;
    }
    if (found == verdict::prove) {
        file_.held().bytes.version.tag.clear();
        co_return false;
    }
    if (found == verdict::ask_whole) {
        if (!ask.ranged)
            co_return failure{
                errc::malformed, to_string(from_) + ": the reply does not fit the request",
                error_context::remote_file};
        ask_whole_ = true;
        co_return false;
    }
    if (found == verdict::replace) {
        auto replaced = co_await replace();
        if (!replaced) co_return replaced.error();
    }
    adopt(info);
    auto space = co_await check_space();
    if (!space) co_return space.error();
    co_return true;
}

inline awaitable<result<void>> download_task::replace() {
    kept_is_wrong_ = false;
    ask_whole_ = false;
    to_verify_.reset();
    if (++replacements_ > most_replacements)
        co_return failure{
            errc::source_changed, to_string(from_) + " changes faster than it can be fetched",
            error_context::remote_file};
    auto begun = co_await file_.begin_replacement();
    co_return begun;
}

inline void download_task::adopt(const object_info& reply) {
    auto& held = file_.held();
    auto& version = held.bytes.version;
    if (reply.size) held.bytes.size = reply.size;
    if (!reply.version.tag.empty()) {
        version.tag = reply.version.tag;
        version.weak = reply.version.weak;
    }
    if (!reply.version.date.empty()) version.date = reply.version.date;
    held.bytes.same_url = true;
    to_verify_.reset();
    status_.bytes_total = held.bytes.size;
    status_.bytes_resumed = held.from_before;
    status_.bytes_transferred = file_.bytes_here();
}

/// A disk that cannot hold the file is better known now than after hours.
inline awaitable<result<void>> download_task::check_space() {
    constexpr std::uint64_t worth_asking = 1U << 20;
    const auto missing = status_.bytes_total.value_or(0) -
                         std::min(status_.bytes_total.value_or(0), file_.bytes_here());
    if (missing < worth_asking) co_return result<void>();
    auto look = [&]() -> result<void> {
        struct statvfs disk {};
        if (::statvfs(folder_of(to_).c_str(), &disk) != 0) return {};
        const auto blocks = ::geteuid() == 0 ? disk.f_bfree : disk.f_bavail;
        const auto room = static_cast<std::uint64_t>(blocks) * disk.f_frsize;
        if (room >= missing) return {};
        return file_failure(
            ENOSPC, to_ + " needs " + std::to_string(missing) + " more bytes, " +
                        std::to_string(room) + " are free");
    };
    auto enough = co_await with_.disk.run(look);
    co_return enough;
}

inline awaitable<result<std::unique_ptr<source>>> download_task::open(
    resume_plan ask, bool further) {
    auto* plug = with_.protocols.find(from_.scheme);
    if (!plug) co_return failure{errc::unsupported, "no protocol for " + from_.scheme + ":"};
    open_request request;
    request.what =
        further && !status_.object.location.scheme.empty() ? status_.object.location : from_;
    request.access = request.what.origin() == from_.origin() ? options_.access : bare_access_;
    request.range = ask.range;
    request.ranged = ask.ranged;
    request.if_match = std::move(ask.if_match);
    if (request.what.scheme != from_.scheme) plug = with_.protocols.find(request.what.scheme);
    auto opened = co_await plug->open(std::move(request));
    co_return opened;
}

// --- the connections of an attempt ---

inline awaitable<result<void>> download_task::fetch_all(
    unsigned connections, std::unique_ptr<source> first, lease* part) {
    if (connections == 1) {
        auto alone = co_await work(std::move(first), part);
        co_return alone;
    }
    const auto here = co_await asio::this_coro::executor;
    task_group workers(here);
    board_.divide(connections - 1);
    workers.spawn(work(std::move(first), part));
    for (unsigned i = 1; i < connections; ++i) workers.spawn(work(nullptr, nullptr));
    auto outcome = co_await workers.join();
    co_return outcome;
}

/// One connection's whole life. Its failure matters only if it is the last one: what it leaves is
/// fetched by the others.
inline awaitable<result<void>> download_task::work(std::unique_ptr<source> from, lease* part) {
    status_.connections = ++workers_;
    auto outcome = co_await fetch(std::move(from), part);
    status_.connections = --workers_;
    if (outcome || workers_ == 0 || kept_is_wrong_) co_return outcome;
    if (outcome.error().context == error_context::local_file) co_return outcome;
    co_return result<void>();
}

inline awaitable<result<void>> download_task::fetch(std::unique_ptr<source> from, lease* part) {
    if (!part) part = board_.claim(false);
    while (part) {
        auto outcome = co_await fetch_lease(std::move(from), *part);
        board_.release(part);
        if (!outcome) co_return outcome;
        part = board_.claim();
    }
    co_return result<void>();
}

inline awaitable<result<void>> download_task::fetch_lease(
    std::unique_ptr<source> from, lease& part) {
    constexpr unsigned patience = 3;
    for (unsigned lost = 0;;) {
        const auto before = file_.bytes_here();
        auto outcome = co_await fetch_once(std::move(from), part);
        if (outcome && part.left() == 0) co_return outcome;
        const bool progress = file_.bytes_here() != before;
        if (progress) lost = 0;
        if (outcome && !progress) outcome = failure{errc::cut_short, "no byte of the range came"};
        if (outcome) continue;  // the server gave less than was asked: ask for the rest
        const bool alone = workers_ <= 1;
        if (alone || ++lost > patience || !is_network_error(outcome.error().code))
            co_return outcome;
        auto slept =
            co_await with_.time.sleep_until(with_.time.now() + options_.retry.first * lost);
        if (!slept) co_return slept;
    }
}

/// May the bytes of this reply stand beside those that are here?
inline result<void> same_object(
    const kept_bytes& kept, const object_info& reply, byte_range brought, const lease& part) {
    if (resume::contradicts(kept, reply) || !reply.size)
        return failure{
            errc::source_changed, "a range of another version", error_context::remote_file};
    if (brought.first != part.next || brought.empty())
        return failure{errc::range_refused, "another range than asked", error_context::remote_file};
    return {};
}

inline awaitable<result<void>> download_task::fetch_once(
    std::unique_ptr<source> from, lease& part) {
    auto& bytes = file_.held().bytes;
    if (!from) {
        auto ask = resume::plan(bytes, {part.next, part.end});
        part.next = ask.range.first;
        auto opened = co_await open(std::move(ask), true);
        if (!opened) co_return opened.error();
        auto same = same_object(bytes, (*opened)->info(), (*opened)->range(), part);
        if (!same) co_return same;
        from = std::move(*opened);
    }
    range_sink into(with_, file_, status_, part);
    const auto had = file_.bytes_here();
    auto outcome = co_await copy_watched(*from, into);
    if (file_.bytes_here() > had) {
        progressed_ = into.last_moved();
        failures_ = 0;
    }
    if (into.disproved()) kept_is_wrong_ = true;
    if (outcome && part.end == byte_range::open_end) {
        part.end = part.next;
        if (bytes.size && *bytes.size != part.end) {
            kept_is_wrong_ = true;
            co_return failure{errc::source_changed, "another length than before"};
        }
        bytes.size = part.end;
        status_.bytes_total = bytes.size;
    }
    co_return outcome;
}

inline awaitable<result<void>> download_task::copy_watched(source& from, range_sink& into) {
    using namespace asio::experimental::awaitable_operators;
    const bool cannot_wait = from.at_hand();
    auto copying = from.copy(into);
    if (cannot_wait) {
        auto copied = co_await std::move(copying);
        co_return copied;
    }
    auto watching = watch(into);
    auto first = co_await (caught(std::move(copying)) || caught(std::move(watching)));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return std::get<1>(std::move(first));
}

/// Ends when the peer is silent, or slow, for too long.
inline awaitable<result<void>> download_task::watch(range_sink& into) {
    auto measured = with_.time.now();
    auto seen = into.received();
    for (;;) {
        const auto now = with_.time.now();
        const auto silent = into.waits_for_us() ? now : into.last_moved();
        if (now - silent >= options_.stall_timeout)
            co_return failure{
                errc::timed_out,
                "no byte for " + std::to_string(options_.stall_timeout.count()) + " ms",
                error_context::transport};
        auto next_look = silent + options_.stall_timeout;
        if (options_.low_speed_limit != 0) {
            if (now - measured >= options_.low_speed_time) {
                const std::chrono::duration<double> span = now - measured;
                const auto enough = static_cast<double>(options_.low_speed_limit) * span.count();
                if (static_cast<double>(into.received() - seen) < enough)
                    co_return failure{
                        errc::too_slow,
                        "less than " + std::to_string(options_.low_speed_limit) + " bytes/s",
                        error_context::transport};
                measured = now;
                seen = into.received();
            }
            next_look = std::min(next_look, measured + options_.low_speed_time);
        }
        auto slept = co_await with_.time.sleep_until(next_look);
        if (!slept) co_return slept;
    }
}

// --- the end ---

inline awaitable<result<void>> download_task::verify() {
    if (!options_.expected) co_return result<void>();
    enter(transfer_phase::verifying);
    auto written = co_await file_.write_tail();
    if (!written) co_return written;
    auto read = [this] {
        return checksum_of_file(file_.held().file.descriptor(), options_.expected->algorithm);
    };
    auto sum = co_await with_.disk.run(read);
    if (!sum) co_return sum.error();
    status_.checksum = to_string(*sum);
    if (*sum == *options_.expected) co_return result<void>();
    co_return failure{
        errc::checksum_mismatch,
        to_string(from_) + " is " + to_string(*sum) + ", not " + to_string(*options_.expected),
        error_context::remote_file};
}

inline awaitable<result<void>> download_task::publish() {
    enter(transfer_phase::publishing);
    co_await file_.settle();
    auto& held = file_.held();
    publication file;
    file.descriptor = held.file.descriptor();
    file.size = *held.bytes.size;
    file.unwritten = std::move(held.tail);
    file.partial = held.file.paths().data;
    file.destination = to_;
    if (!held.durable.empty()) file.journal = held.file.paths().journal;
    if (options_.keep_mtime) file.modified = status_.object.modified;
    file.durable = options_.sync == sync_policy::automatic && !in_memory_;
    file.replace = options_.existing == existing_policy::replace;
    auto published = co_await with_.publishing.publish(std::move(file));
    if (published) co_await file_.drop_previous();
    co_return published;
}

inline awaitable<result<void>> download_task::finish(result<void> outcome) {
    if (status_.skipped) co_return outcome;
    if (outcome) outcome = co_await publish();
    if (!outcome) {
        auto saved = co_await file_.save();
        static_cast<void>(saved);  // the first failure is the one to report
    }
    co_await file_.close();
    if (outcome) enter(transfer_phase::done);
    co_return outcome;
}

}  // namespace ferry::detail
