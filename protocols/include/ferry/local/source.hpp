#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/local/detail/file_copier.hpp>
#include <ferry/local/detail/regular_file.hpp>
#include <ferry/protocol.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ferry::local {

/// A local file, opened; see protocol.hpp.
class source final : public ferry::source {
  public:
    source(disk_pool& disk, detail::regular_file file, const open_request& asked);

    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }
    /// Errors: errc::source_changed when the file changed, ::cut_short when it became shorter; any
    ///   errno, with context remote_file for this file and local_file for the destination.
    /// Cancellation: between two steps of at most 32 MiB.
    [[nodiscard]] awaitable<result<void>> copy(sink& into) override;

  private:
    struct outcome {
        std::uint64_t moved = 0;  // progress, whatever the end
        result<void> end = {};
    };

    awaitable<result<void>> copy_to_file(sink& into, direct_output to, std::uint64_t bytes);
    awaitable<result<void>> copy_through(sink& into, std::uint64_t bytes);
    outcome move(direct_output to, std::uint64_t bytes);
    outcome read(std::uint64_t bytes);

    disk_pool& disk_;
    detail::regular_file file_;
    object_info info_;
    byte_range range_;
    std::uint64_t position_ = 0;
    detail::file_copier copier_;
    std::vector<std::byte> buffer_;
};

}  // namespace ferry::local

#include <ferry/local/impl/source.ipp>
