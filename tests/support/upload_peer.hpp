#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/protocol.hpp>

#include <asio/this_coro.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test {

/// How the next attempt of an upload goes; the default is honest.
struct upload_act {
    failure refuse = {};                          ///< set: there is no session
    std::optional<std::uint64_t> cut_after = {};  ///< bytes of this attempt, then errc::cut_short
    bool silent = false;                          ///< no answer to what is sent
    bool forgets = false;                         ///< the sessions that it had
    bool twice = false;                           ///< wants all that it was sent once more
    failure at_the_end = {};                      ///< set: finish() fails so
    std::function<void()> half_way = {};          ///< happens when half of the rest was sent
};

/// What a peer has, and what it was asked.
struct upload_store {
    std::map<std::string, std::string> sessions = {};  ///< token: bytes
    std::map<std::string, std::string> objects = {};   ///< URL: bytes
    std::deque<upload_act> script = {};
    std::vector<upload_request> requests = {};
    unsigned cancelled = 0;           ///< sessions that were given up
    bool keeps_sessions = true;       ///< else there are no tokens
    bool cancels_in_silence = false;  ///< never answers when it is told to give up
    url reply = {};
};

/// A session with it.
class scripted_upload final : public upload_session {
  public:
    scripted_upload(upload_store& on, upload_act how, std::string token, std::string name)
        : store_(on), how_(std::move(how)), token_(std::move(token)), name_(std::move(name)) {
        offset_ = bytes().size();
        if (!store_.keeps_sessions) shown_.clear();
    }
    const std::string& token() const noexcept override { return shown_; }
    std::uint64_t offset() const noexcept override { return offset_; }
    url reply() const override { return store_.reply; }

    awaitable<result<void>> send(content& from) override {
        if (how_.silent) {
            auto stopped = co_await never();
            co_return stopped;
        }
        const auto end = std::min(from.size(), offset_ + how_.cut_after.value_or(from.size()));
        const auto half = (offset_ + end) / 2;
        while (bytes().size() < end) {
            const auto next = bytes().size();
            auto step = co_await from.reserve(std::min<std::uint64_t>(end - next, 10'000));
            if (!step) co_return step.error();
            std::string part(*step, '\0');
            const auto into = std::as_writable_bytes(std::span(part));
            auto read = co_await from.read(next, into);
            if (!read) co_return read;
            bytes() += part;
            from.sent(bytes().size());
            if (how_.half_way && bytes().size() > half) std::exchange(how_.half_way, {})();
        }
        if (end < from.size()) co_return failure{errc::cut_short, "cut"};
        if (std::exchange(how_.twice, false)) {
            bytes().resize(offset_);
            auto again = send(from);
            auto outcome = co_await std::move(again);
            co_return outcome;
        }
        auto same = co_await from.unchanged();
        co_return same;
    }
    awaitable<result<object_info>> finish() override {
        if (how_.at_the_end.code) co_return how_.at_the_end;
        store_.objects[name_] = bytes();
        store_.sessions.erase(token_);
        object_info object;
        object.http_status = 201;
        co_return object;
    }
    awaitable<result<void>> cancel() override {
        if (store_.cancels_in_silence) {
            auto stopped = co_await never();
            co_return stopped;
        }
        ++store_.cancelled;
        store_.sessions.erase(token_);
        co_return result<void>();
    }

  private:
    std::string& bytes() { return store_.sessions[token_]; }
    static awaitable<result<void>> never() {
        const auto here = co_await asio::this_coro::executor;
        detail::event nothing(here);
        auto stopped = co_await nothing.wait();
        co_return stopped;
    }

    upload_store& store_;
    upload_act how_;
    const std::string token_;
    std::string shown_ = token_;
    const std::string name_;
    std::uint64_t offset_ = 0;
};

/// Speaks "up" and takes uploads as it is told, honestly when it was told nothing.
class upload_peer final : public protocol {
  public:
    explicit upload_peer(upload_store& on) : store_(on) {}
    bool speaks(std::string_view scheme) const noexcept override { return scheme == "up"; }
    awaitable<result<std::unique_ptr<source>>> open(open_request) override {
        co_return failure{errc::unsupported, "no downloads here"};
    }
    awaitable<result<std::unique_ptr<upload_session>>> begin_upload(upload_request what) override {
        store_.requests.push_back(what);
        upload_act how;
        if (!store_.script.empty()) {
            how = std::move(store_.script.front());
            store_.script.pop_front();
        }
        if (how.forgets) store_.sessions.clear();
        if (how.refuse.code) co_return how.refuse;
        auto name = to_string(what.what);
        if (name.ends_with('/')) name += what.name;
        if (!what.replace && store_.objects.contains(name))
            co_return failure{errc::exists, name, error_context::remote_file};
        auto token = what.token;
        if (!token.empty() && !store_.sessions.contains(token))
            co_return failure{errc::session_lost, name, error_context::remote_file};
        if (token.empty()) token = "session " + std::to_string(++begun_);
        std::unique_ptr<upload_session> session = std::make_unique<scripted_upload>(
            store_, std::move(how), std::move(token), std::move(name));
        co_return session;
    }

  private:
    upload_store& store_;
    unsigned begun_ = 0;
};

}  // namespace ferry::test
