#pragma once

#include <ferry/detail/relay_access.hpp>
#include <ferry/detail/with_timeout.hpp>
#include <ferry/resume.hpp>

#include <algorithm>
#include <utility>

namespace ferry::detail {

/// Bytes that wait for the peer at most.
inline constexpr std::uint64_t most_on_the_way = 4U << 20;

struct remote_content::stream {
    stream(asio::any_io_executor on, std::unique_ptr<source> what, std::uint64_t skip)
        : from(std::move(what)),
          pipe(on, std::clamp<std::uint64_t>(*from->info().size, 1, most_on_the_way), skip),
          copying(std::move(on)) {}

    /// The connection is somebody else's as soon as all has come.
    awaitable<result<void>> run() {
        auto going = from->copy(pipe);
        auto outcome = co_await caught(std::move(going));
        from.reset();
        pipe.end(std::move(outcome));
        co_return result<void>();
    }

    std::unique_ptr<source> from;
    byte_pipe pipe;
    task_group copying;
    std::uint64_t next = 0;  // of the bytes that are taken next
};

inline awaitable<result<std::unique_ptr<source>>> remote_content::ask(
    byte_range range, bool ranged) {
    open_request request;
    request.what = from_;
    request.range = range;
    request.ranged = ranged;
    if (ranged && info_.version.strong()) request.if_match = info_.version.tag;
    request.access = access_;
    auto* plug = with().protocols.find(from_.scheme);  // the upload saw to it
    auto opening = plug->open(std::move(request));
    auto opened = co_await std::move(opening);
    refused_ = !opened;
    co_return opened;
}

inline awaitable<result<void>> remote_content::open() {
    co_await close();
    info_ = {};
    const byte_range all;
    auto opened = co_await ask(all, false);
    if (!opened) co_return opened.error();
    unread_ = *std::move(opened);
    info_ = unread_->info();
    if (!info_.size)
        co_return failure{
            errc::unsupported,
            to_string(from_) +
                ": the server does not say how long it is, which whoever receives "
                "it has to know first (get it into a file, and put that)",
            error_context::remote_file};
    status().object = info_;
    proven_ = true;
    co_return result<void>();
}

inline awaitable<void> remote_content::close() {
    unread_.reset();
    if (!running_) co_return;
    running_->copying.stop({errc::cancelled});
    const auto stopped = co_await running_->copying.join();
    static_cast<void>(stopped);
    running_.reset();
}

inline std::string version_of(const object_info& object) {
    return object.version.strong() ? object.version.tag : object.version.date;
}

inline std::string remote_content::version() const { return version_of(info_); }

/// What does not name its version proves nothing.
inline bool remote_content::is_same(const object_info& reply) const {
    return !resume::contradicts({{}, info_.size, info_.version}, reply) &&
           version_of(reply) == version();
}

inline awaitable<result<checksum>> remote_content::sum(std::string) {
    co_return failure{errc::unsupported, no_checksum_between};
}

inline std::optional<std::chrono::system_clock::time_point> remote_content::modified() const {
    return options().keep_mtime ? info_.modified : std::nullopt;
}

/// The connection was lost, and another one may serve: the peer need not learn of that.
inline bool is_mere_loss(const failure& why) {
    return why.code == errc::cut_short || is_network_error(why.code);
}

inline awaitable<result<void>> remote_content::read(
    std::uint64_t offset, std::span<std::byte> into) {
    const unsigned patience = options().retry.give_up.count() == 0 ? 0 : 3;
    for (unsigned lost = 0; !into.empty();) {
        auto got = co_await read_some(offset, into);
        if (got) {
            lost = 0;
            offset += *got;
            into = into.subspan(*got);
            continue;
        }
        if (++lost > patience || !is_mere_loss(got.error())) co_return got.error();
        auto slept =
            co_await with().time.sleep_until(with().time.now() + options().retry.first * lost);
        if (!slept) co_return slept;
    }
    co_return result<void>();
}

inline awaitable<result<std::size_t>> remote_content::read_some(
    std::uint64_t offset, std::span<std::byte> into) {
    if (!running_ || running_->next != offset) {
        auto there = co_await go_to(offset);
        if (!there) co_return there.error();
    }
    if (running_->pipe.empty()) {
        auto waiting = running_->pipe.wait();
        auto came = co_await with_timeout(with().time, options().stall_timeout, std::move(waiting));
        if (!came) {
            co_await close();
            auto why = came.error();
            if (why.detail.empty()) why.detail = to_string(from_);
            co_return why;
        }
    }
    const auto bytes = running_->pipe.take(into);
    running_->next += bytes;
    co_return bytes;
}

/// Without a validator, nothing proves that what comes now belongs to what came before.
inline awaitable<result<void>> remote_content::go_to(std::uint64_t offset) {
    if (offset == 0 && unread_) {
        auto started = co_await start(std::move(unread_), 0);
        co_return started;
    }
    co_await close();
    if (version().empty()) co_return changed();
    const byte_range rest{offset, *info_.size};
    auto opened = co_await ask(rest, offset != 0);
    if (!opened) co_return opened.error();
    if (!is_same((*opened)->info()) || (*opened)->range().first > offset) co_return changed();
    auto started = co_await start(*std::move(opened), offset);
    co_return started;
}

/// What a source that ignores ranges brings before `offset` is of no use.
inline awaitable<result<void>> remote_content::start(
    std::unique_ptr<source> from, std::uint64_t offset) {
    const auto here = co_await asio::this_coro::executor;
    const auto first = from->range().first;
    running_ = std::make_unique<stream>(here, std::move(from), offset - first);
    running_->next = offset;
    status().bytes_discarded += offset - first;
    running_->copying.spawn(running_->run());
    co_return result<void>();
}

inline void remote_content::sent(std::uint64_t offset) {
    proven_ = false;
    paced_content::sent(offset);
}

/// Takes what is asked for to have an answer, and drops it.
class no_sink final : public sink {
  public:
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override { co_return most; }
    awaitable<result<void>> write(std::span<const std::byte>) override { co_return result<void>(); }
    direct_output direct() const noexcept override { return {}; }
    void accepted(std::uint64_t) override {}
};

inline awaitable<result<void>> remote_content::unchanged() {
    if (proven_ || version().empty()) co_return result<void>();
    const byte_range first{0, 1};
    auto opened = co_await ask(first, *info_.size > 1);
    if (!opened) co_return opened.error();
    if (!is_same((*opened)->info())) co_return changed();
    if ((*opened)->range().size() <= 1) {  // copied, its connection can serve again
        no_sink nowhere;
        auto copying = (*opened)->copy(nowhere);
        const auto copied = co_await caught(std::move(copying));
        static_cast<void>(copied);
    }
    proven_ = true;
    co_return result<void>();
}

inline failure remote_content::changed() const {
    return {
        errc::source_changed, to_string(from_) + " was changed while it was sent on",
        error_context::remote_file};
}

}  // namespace ferry::detail
