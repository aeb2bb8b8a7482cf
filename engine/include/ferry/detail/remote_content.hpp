#pragma once

#include <ferry/detail/byte_pipe.hpp>
#include <ferry/detail/paced_content.hpp>
#include <ferry/detail/task_group.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ferry::detail {

/// An object of another place, sent on while it comes. Asked for again where the peer wants to go
/// on, and only as long as it is provably the same: nothing is made of two versions.
class remote_content final : public paced_content {
  public:
    /// @param access  Of the source; never null. @param with and others  As with paced_content.
    remote_content(
        environment& with, url from, std::shared_ptr<const access_options> access,
        const transfer_options& options, transfer_status& status, std::function<void()> progressed)
        : paced_content(with, options, status, std::move(progressed)),
          from_(std::move(from)),
          access_(std::move(access)) {}

    /// Errors: those of protocol::open(); errc::unsupported if nobody knows its size.
    awaitable<result<void>> open() override;
    awaitable<void> close() override;
    /// A strong tag, or else the date.
    std::string version() const override;
    const url* take_blame() noexcept override {
        return std::exchange(refused_, false) ? &from_ : nullptr;
    }
    /// Errors: errc::unsupported: nobody has seen its bytes yet.
    awaitable<result<checksum>> sum(std::string algorithm) override;

    std::uint64_t size() const noexcept override { return info_.size.value_or(0); }
    std::optional<std::chrono::system_clock::time_point> modified() const override;
    bool rereadable() const noexcept override { return false; }
    /// Errors: errc::source_changed, also if nothing proves that it did not; else as open() and
    ///   source::copy().
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override;
    void sent(std::uint64_t offset) override;
    awaitable<result<void>> unchanged() override;

  private:
    struct stream;  // the bytes from somewhere to the end, on their way

    awaitable<result<std::unique_ptr<source>>> ask(byte_range range, bool ranged);
    awaitable<result<void>> go_to(std::uint64_t offset);
    awaitable<result<void>> start(std::unique_ptr<source> from, std::uint64_t offset);
    awaitable<result<std::size_t>> read_some(std::uint64_t offset, std::span<std::byte> into);
    bool is_same(const object_info& reply) const;
    failure changed() const;

    const url from_;
    const std::shared_ptr<const access_options> access_;
    object_info info_;                // as it was when it was opened
    std::unique_ptr<source> unread_;  // what open() has asked for, from the start
    std::unique_ptr<stream> running_;
    bool proven_ = false;   // nothing was sent since it was asked for
    bool refused_ = false;  // when it was asked for last
};

}  // namespace ferry::detail

#include <ferry/impl/remote_content.ipp>
