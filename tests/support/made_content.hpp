#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/upload_session.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace ferry::test {

/// What a test uploads without a file: from memory, or from a descriptor as a file would be.
class made_content final : public content {
  public:
    enum class given_by { read, descriptor };

    explicit made_content(std::string bytes, given_by way = given_by::descriptor)
        : bytes_(std::move(bytes)) {
        if (way == given_by::read) return;
        file_ = detail::unique_fd(::memfd_create("content", MFD_CLOEXEC));
        REQUIRE(
            ::write(file_.get(), bytes_.data(), bytes_.size()) ==
            static_cast<ssize_t>(bytes_.size()));
    }

    std::uint64_t size() const noexcept override { return bytes_.size(); }
    int descriptor() const noexcept override { return file_.get(); }
    std::optional<std::chrono::system_clock::time_point> modified() const override { return date; }
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        co_return std::min(most, portion);
    }
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override {
        REQUIRE(offset + into.size() <= bytes_.size());
        if (offset + into.size() > left_) co_return failure{errc::source_changed, "too short"};
        std::memcpy(into.data(), bytes_.data() + offset, into.size());
        co_return result<void>();
    }
    void sent(std::uint64_t offset) override {
        CHECK(offset <= bytes_.size());
        reached = offset;
    }
    /// From now on it has only so many bytes, whatever size() says.
    void shrink_to(std::uint64_t bytes) {
        left_ = bytes;
        if (file_) REQUIRE(::ftruncate(file_.get(), static_cast<off_t>(bytes)) == 0);
    }
    awaitable<result<void>> unchanged() override {
        ++asked_unchanged;
        if (changed || asked_unchanged >= changed_from)
            co_return failure{errc::source_changed, "as the test wants it"};
        co_return result<void>();
    }

    std::uint64_t portion = 1U << 20;  ///< bytes a reservation
    std::uint64_t reached = 0;         ///< what sent() said last
    bool changed = false;              ///< what unchanged() is to say
    unsigned changed_from = ~0U;       ///< it says so from the so-manieth time on
    unsigned asked_unchanged = 0;      ///< times that unchanged() was asked
    std::optional<std::chrono::system_clock::time_point> date = {};  ///< none: the peer gets none

  private:
    const std::string bytes_;
    std::uint64_t left_ = bytes_.size();
    detail::unique_fd file_ = {};
};

}  // namespace ferry::test
