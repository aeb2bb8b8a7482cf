#pragma once

#include <ferry/upload_session.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace ferry::http {

/// Content for a peer that takes it as whole once it has the last byte: that byte is sent alone,
/// and only after the content was asked whether it is unchanged. Remembers how far it was sent.
/// Threads, lifetime: those of the content.
class watched_content final : public content {
  public:
    /// @param first  Where the sending begins.
    watched_content(content& from, std::uint64_t first)
        : from_(from), next_(first), reached_(first) {}

    std::uint64_t size() const noexcept override { return from_.size(); }
    int descriptor() const noexcept override { return from_.descriptor(); }
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        // next_ may be too far: a request that is sent once more begins again
        const bool to_the_end = next_ + most >= from_.size();
        if (to_the_end && most == 1) {
            auto same = co_await from_.unchanged();
            if (!same) co_return std::move(same.error());
        }
        if (to_the_end && most > 1) --most;
        auto room = co_await from_.reserve(most);
        co_return room;
    }
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override {
        return from_.read(offset, into);
    }
    void sent(std::uint64_t offset) override {
        next_ = offset;
        reached_ = std::max(reached_, offset);
        from_.sent(offset);
    }
    awaitable<result<void>> unchanged() override { return from_.unchanged(); }

    /// Behind the last byte that was ever given to the network.
    std::uint64_t reached() const noexcept { return reached_; }

  private:
    content& from_;
    std::uint64_t next_;
    std::uint64_t reached_;
};

}  // namespace ferry::http
