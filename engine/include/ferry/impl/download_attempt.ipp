#pragma once

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

// An attempt: a first reply, judged, then everything that is missing.

namespace ferry::detail {

/// What the first connection of several asks for, to learn how the object is to be divided: more,
/// where nobody has asked for several.
inline constexpr std::uint64_t first_share = 4U << 20;
inline constexpr std::uint64_t first_share_by_wish = 32U << 20;
/// An object that changes more often than that while it is fetched will not be caught.
inline constexpr unsigned most_replacements = 5;

inline bool download_task::all_here() const {
    const auto& bytes = file_.held().bytes;
    if (!bytes.size) return false;
    return file_.bytes_here() == *bytes.size;
}

/// Ranges that may come at once.
inline unsigned download_task::most_connections() const {
    if (options_.connections != 0) return options_.connections;
    const auto* const plug = with_.protocols.find(from_.scheme);
    return plug ? plug->usual_connections() : 1;
}

inline awaitable<result<void>> download_task::attempt(host_slots::slot slot) {
    enter(transfer_phase::connecting);
    auto first = co_await open_first();
    if (!first) co_return first.error();
    enter(transfer_phase::receiving);

    auto& bytes = file_.held().bytes;
    auto taken = bytes.ranges;
    taken.add(first->lease);
    const auto missing = bytes.size ? taken.gaps(*bytes.size) : std::vector<byte_range>();
    board_ = segment_board(missing);
    workers_ = replies_ = most_replies_ = 0;
    auto* part = board_.start(first->lease);
    // bytes that stand side by side need a better proof than a date: only a strong tag is one
    const bool side_by_side = status_.object.ranges && !ask_whole_ && !options_.dynamic &&
                              bytes.version.strong() && !missing.empty();
    const unsigned connections = side_by_side ? most_connections() : 1;
    const bool came_at_once = first->from->at_hand() && restarts_ == 0;
    auto outcome = co_await fetch_all(connections, std::move(slot), std::move(first->from), part);
    file_.hold_back(false);
    status_.connections = 0;
    if (outcome && !all_here())
        co_return failure{errc::cut_short, "bytes are missing", error_context::transport};
    if (outcome && !came_at_once) outcome = co_await confirm();
    co_return outcome;
}

/// Of those that tell of a change late, asks once more. What is gone by now was there all the time.
inline awaitable<result<void>> download_task::confirm() {
    const auto* const plug = with_.protocols.find(from_.scheme);
    if (!plug || !plug->tells_changes_late()) co_return result<void>();
    resume_plan first_byte{{0, 1}, true, {}};
    auto opened = co_await open(std::move(first_byte), true);
    if (!opened && opened.error().code == errc::not_found) co_return result<void>();
    if (!opened) co_return opened.error();
    if (!resume::contradicts(file_.held().bytes, (*opened)->info())) co_return result<void>();
    co_return failure{
        errc::source_changed, to_string(from_) + ", while it was being copied",
        error_context::remote_file};
}

inline resume_plan download_task::next_plan() const {
    if (kept_is_wrong_ || ask_whole_ || options_.dynamic) return {};
    const auto* const plug = with_.protocols.find(from_.scheme);
    auto kept = file_.held().bytes;
    kept.doubted = plug && plug->wants_overlap();
    if (to_verify_) return resume::plan_verification(kept, *to_verify_);
    const auto connections = most_connections();
    const bool several = connections > 1;
    const auto first = options_.connections == 0 ? first_share_by_wish : first_share;
    if (kept.ranges.empty()) return several ? resume_plan{{0, first}, true, {}} : resume_plan{};
    const auto size = kept.size.value_or(byte_range::open_end);
    const auto gaps = kept.ranges.gaps(size);
    if (gaps.empty()) return resume::plan_verification(kept, size);
    auto gap = gaps.front();
    if (several && kept.size) {
        const auto share = (size - kept.ranges.total()) / connections;
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

/// For existing_policy::update.
inline bool download_task::is_here_already(const object_info& now) const {
    return old_ && !options_.expected && !options_.rights.any() && now.size == old_->size &&
           now.modified == old_->modified;
}

inline awaitable<result<bool>> download_task::accept(resume_plan ask, source& reply) {
    const auto& info = reply.info();
    status_.object = info;
    if (is_here_already(info)) co_return failure{errc::unchanged, to_, error_context::local_file};
    if (options_.on_change) options_.on_change(status_);
    if (options_.dynamic) {
        auto anew = co_await begin_with(reply);
        co_await keep_from_strangers();
        co_return anew;
    }
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
    co_await keep_from_strangers();
    auto space = co_await check_space();
    if (!space) co_return space.error();
    co_return true;
}

/// What others may not read where it comes from, they may not read here either, from the first byte
/// on. A file system without permissions refuses, and has nothing to keep.
inline awaitable<void> download_task::keep_from_strangers() {
    constexpr unsigned readable = S_IRGRP | S_IROTH;
    const auto& mode = status_.object.mode;
    const auto& rights = status_.object.rights;
    const bool by_acl = rights && rights->acl && !rights->acl->empty();
    if (!mode || ((*mode & readable) == readable && !by_acl)) co_return;
    auto narrow = [this] {
        return ::fchmod(file_.held().file.descriptor(), S_IRUSR | S_IWUSR) == 0;
    };
    co_await with_.disk.run_briefly(narrow);
}

/// Dynamic content: what is kept is of no use, and neither is part of a reply.
inline awaitable<result<bool>> download_task::begin_with(source& reply) {
    if (reply.range().first != 0)
        co_return failure{
            errc::malformed, to_string(from_) + ": the reply does not begin at the start",
            error_context::remote_file};
    if (!file_.held().bytes.ranges.empty()) {
        auto begun = co_await file_.begin_replacement();
        if (!begun) co_return begun.error();
    }
    adopt(reply.info());
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
    open_request request;
    request.what =
        further && !status_.object.location.scheme.empty() ? status_.object.location : from_;
    request.access = access_to(request.what);
    request.range = ask.range;
    request.ranged = ask.ranged;
    request.connections = most_connections();
    request.if_match = std::move(ask.if_match);
    if (!further) request.rights = options_.rights;          // the first reply has told
    auto* plug = with_.protocols.find(request.what.scheme);  // prepare() and the source saw to it
    if (!options_.parts.empty()) {
        auto sliced = co_await open_slices(*plug, options_.parts, std::move(request));
        co_return sliced;
    }
    auto opened = co_await plug->open(std::move(request));
    co_return opened;
}

/// Where a redirect has led, nobody must learn what was meant for the origin that the user named.
inline std::shared_ptr<const access_options> download_task::access_to(const url& where) const {
    return access_elsewhere(options_.access, from_, where);
}

}  // namespace ferry::detail
