#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/protocol.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

/// How the next opening of the object goes; the default is honest.
struct act {
    failure refuse = {};                          ///< set: the opening fails so
    bool ignores_range = false;                   ///< 200 with the whole object
    std::optional<std::uint64_t> cut_after = {};  ///< bytes, then errc::cut_short
    std::optional<std::uint64_t> at_most = {};    ///< a shorter range than asked
    bool silent = false;                          ///< no byte, no end
    std::function<void()> first = {};             ///< happens before the opening
};

struct asked {
    byte_range range;
    bool ranged;
    std::string if_match;
};

/// An object on a server that does as it is told, and honestly when it was told nothing.
struct stage {
    std::string body = {};
    validator version = {"\"v1\"", false, {}};
    bool tells_size = true;
    std::optional<std::chrono::system_clock::time_point> modified = {};
    unsigned usual_connections = 1;
    std::deque<act> script = {};
    std::vector<asked> requests = {};
};

class scripted_source final : public source {
  public:
    scripted_source(stage& on, act how, object_info info, byte_range range)
        : body_(on.body), how_(std::move(how)), info_(std::move(info)), range_(range) {}
    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }

    awaitable<result<void>> copy(sink& into) override {
        if (how_.silent) {
            const auto here = co_await asio::this_coro::executor;
            detail::event never(here);
            auto stopped = co_await never.wait();
            co_return stopped;
        }
        const auto end = std::min<std::uint64_t>(range_.end, body_.size());
        const auto stop = std::min(end, range_.first + how_.cut_after.value_or(body_.size()));
        for (auto next = range_.first; next < stop;) {
            auto step = co_await into.reserve(std::min<std::uint64_t>(stop - next, 300'000));
            if (!step) co_return step.error();
            if (*step == 0) co_return result<void>();
            const auto part = std::string_view(body_).substr(next, *step);
            auto put = co_await into.write(std::as_bytes(std::span(part)));
            if (!put) co_return put;
            next += *step;
        }
        if (stop < end) co_return failure{errc::cut_short, "cut"};
        co_return result<void>();
    }

  private:
    std::string body_;
    act how_;
    object_info info_;
    byte_range range_;
};

/// Speaks "fake" and shows what stands on the stage.
class scripted_protocol final : public protocol {
  public:
    explicit scripted_protocol(stage& on) : stage_(on) {}
    bool speaks(std::string_view scheme) const noexcept override { return scheme == "fake"; }

    unsigned usual_connections() const noexcept override { return stage_.usual_connections; }
    awaitable<result<std::unique_ptr<source>>> open(open_request what) override {
        stage_.requests.push_back({what.range, what.ranged, what.if_match});
        act how;
        if (!stage_.script.empty()) {
            how = std::move(stage_.script.front());
            stage_.script.pop_front();
        }
        if (how.first) how.first();
        if (how.refuse.code) co_return how.refuse;
        object_info info;
        info.version = stage_.version;
        info.location = what.what;
        const std::uint64_t size = stage_.body.size();
        const bool stale = !what.if_match.empty() && what.if_match != stage_.version.tag;
        const bool part = what.ranged && !how.ignores_range && !stale;
        info.ranges = part;
        info.http_status = part ? 206 : 200;
        if (stage_.tells_size || part) info.size = size;
        info.modified = stage_.modified;
        byte_range range{0, stage_.tells_size ? size : byte_range::open_end};
        if (part) range = {what.range.first, std::min(what.range.end, size)};
        if (part && range.first >= size) {
            info.http_status = 416;
            range.end = range.first;
        }
        if (how.at_most) range.end = std::min(range.end, range.first + *how.at_most);
        std::unique_ptr<source> opened =
            std::make_unique<scripted_source>(stage_, std::move(how), std::move(info), range);
        co_return opened;
    }

  private:
    stage& stage_;
};

}  // namespace ferry::test
