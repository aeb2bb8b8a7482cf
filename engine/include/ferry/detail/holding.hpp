#pragma once

#include <ferry/partial.hpp>
#include <ferry/range_set.hpp>
#include <ferry/resume.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace ferry::detail {

/// The bytes of one version of an object, as far as they are here.
struct holding {
    partial file = {};
    kept_bytes bytes = {};             ///< in the file, as this process knows
    range_set durable = {};            ///< of them, those that the journal names
    std::uint64_t from_before = 0;     ///< of them, those of an earlier run
    std::vector<std::byte> tail = {};  ///< of a small object: held back, written when it is whole

    /// Bytes that came in this run: what is lost with them was received for nothing.
    std::uint64_t received() const noexcept {
        return bytes.ranges.total() + tail.size() - from_before;
    }
    bool dirty() const noexcept { return bytes.ranges != durable; }
    std::uint64_t at_risk() const noexcept { return bytes.ranges.total() - durable.total(); }
};

/// Takes over what the journal of an opened partial proves.
inline holding hold(partial file, const std::string& url) {
    holding held;
    if (const auto& record = file.record()) {
        held.bytes.ranges = record->durable;
        held.bytes.size = record->size;
        held.bytes.version = record->version;
        held.bytes.same_url = record->url == url;
        held.durable = record->durable;
        held.from_before = record->durable.total();
    }
    held.file = std::move(file);
    return held;
}

}  // namespace ferry::detail
