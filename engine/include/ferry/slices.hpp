#pragma once

#include <ferry/protocol.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// Parts of an object that are fetched in this order and laid one after the other, as if the object
/// were made of them alone (BITS: IBackgroundCopyFile::GetFileRanges). They do not overlap.
class slices {
  public:
    static constexpr std::size_t most = 500;  ///< BITS: MaxRangesPerFile

    slices() = default;  ///< no parts: the object as it is

    /// A part as HTTP writes it, from 0 and with the last byte: "0-99"; "100-" to the end.
    /// Errors: errc::bad_argument: no such part, one behind a part without an end, one
    ///   that overlaps another, or too many.
    result<void> add(std::string_view text);

    bool empty() const noexcept { return parts_.empty(); }
    /// "0-99,100-", for the journal.
    std::string to_string() const;
    bool operator==(const slices&) const = default;

    /// Where bytes of the whole are found in the object.
    struct piece {
        byte_range there = {};  ///< in the object
        std::uint64_t at = 0;   ///< of its first byte, in the whole
    };
    /// The piece that `wanted` of the whole begins with: to its end, or to that of the part. Empty
    /// if the whole is shorter.
    piece find(byte_range wanted) const noexcept;
    /// Bytes of the whole; none: that depends on the object's size, which is not known.
    std::optional<std::uint64_t> size(std::optional<std::uint64_t> of_object) const noexcept;
    /// The first part that an object of that size does not have whole.
    std::optional<byte_range> outside(std::uint64_t of_object) const noexcept;

  private:
    std::vector<byte_range> parts_;  // only the last one may be open
};

/// Opens the whole that `parts` make, which must not be empty, through the protocol of its object.
/// Ranges, also those of the source, are of the whole; the source opens one piece after the other.
/// Errors: those of protocol::open(); errc::bad_argument: the object is too short; ::unsupported:
///   no part of it is to be had. copy() fails with errc::source_changed if a later piece is of
///   another version.
/// Cancellation: as protocol::open(). Lifetimes: `by` must outlive the source.
[[nodiscard]] awaitable<result<std::unique_ptr<source>>> open_slices(
    protocol& by, slices parts, open_request what);

}  // namespace ferry

#include <ferry/impl/slices.ipp>
