#pragma once

#include <ferry/protocol.hpp>
#include <ferry/smb/pool.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>

namespace ferry::smb {

/// A file of a share, opened; see protocol.hpp.
class source final : public ferry::source {
  public:
    source(lease wire, const open_request& asked, std::string path, const opened& file);

    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }
    bool at_hand() const noexcept override { return here_.size() == range_.size(); }
    /// While one block goes into the sink, the next is under way; or the helper puts it there, if
    /// it is one of several that fetch the object.
    /// Errors: those of connection; errc::source_changed when the file changed, ::cut_short when it
    ///   became shorter. Cancellation: terminal; ends the connection at once.
    [[nodiscard]] awaitable<result<void>> copy(sink& into) override;

  private:
    struct block {
        std::uint64_t offset;
        std::size_t bytes;
        std::uint32_t slot;
    };

    void read_ahead();
    awaitable<result<void>> next_block();
    awaitable<void> shut();
    awaitable<result<void>> give(sink& into, std::uint64_t bytes);
    bool goes_directly(const sink& into, std::uint64_t bytes) const;
    awaitable<result<void>> put_directly(sink& into, std::uint64_t bytes);
    awaitable<result<void>> forget_blocks();
    result<void> check_version(const detail::file_facts& now) const;

    lease wire_;
    const std::string path_;
    object_info info_;
    byte_range range_;
    std::deque<block> asked_;          // whose bytes are not here yet
    std::uint64_t next_ = 0;           // the first byte that was not asked for
    std::uint64_t given_ = 0;          // the first byte that the sink does not have
    std::span<const std::byte> here_;  // the bytes from given_ on
    std::size_t step_ = detail::block_size;
    std::uint32_t slot_ = 0;  // for what is asked next
    bool direct_;             // the sink's file can be reached, as far as we know
    int output_ = -1;         // the descriptor of the file that the helper has opened
};

}  // namespace ferry::smb

#include <ferry/smb/impl/source.ipp>
