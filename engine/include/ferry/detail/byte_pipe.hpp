#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/protocol.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace ferry::detail {

/// Lets bytes that a source pushes be pulled: what is not taken yet waits here, and the source when
/// there is no room for more. One source, one taker, one executor.
class byte_pipe final : public sink {
  public:
    /// @param most  Bytes that wait here at most, from 1 on.
    /// @param skip  Of what comes first, these are thrown away.
    byte_pipe(asio::any_io_executor on, std::size_t most, std::uint64_t skip)
        : ring_(std::make_unique_for_overwrite<std::byte[]>(most)),
          size_(most),
          skip_(skip),
          moved_(std::move(on)) {}

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override;
    awaitable<result<void>> write(std::span<const std::byte> bytes) override;
    direct_output direct() const noexcept override { return {}; }
    void accepted(std::uint64_t) override {}
    /// The source brings no more. What has come can still be taken.
    void end(result<void> how);

    /// Until there is something to take. Errors: errc::cut_short: there are no more bytes; what
    ///   end() was told; errc::cancelled.
    [[nodiscard]] awaitable<result<void>> wait();
    bool empty() const noexcept { return count_ == 0; }
    /// As many bytes as are here and fit; the rest with the next call.
    std::size_t take(std::span<std::byte> into);

  private:
    std::span<std::byte> vacant() noexcept;

    std::unique_ptr<std::byte[]> ring_;
    const std::size_t size_;
    std::size_t first_ = 0;  // of the bytes that wait
    std::size_t count_ = 0;
    std::uint64_t skip_;
    std::optional<result<void>> ended_;
    event moved_;
};

}  // namespace ferry::detail

#include <ferry/impl/byte_pipe.ipp>
