#pragma once

#include <ferry/protocol.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::http {

/// What the values of header fields mean. Pure functions; what cannot be understood is none.

/// Content-Range (RFC 9110, 14.4).
struct content_range {
    std::optional<byte_range> part = {};      ///< none: "bytes */N", the range is not there
    std::optional<std::uint64_t> total = {};  ///< none: "bytes a-b/*"
    bool operator==(const content_range&) const = default;
};
std::optional<content_range> parse_content_range(std::string_view value);

/// All three forms of RFC 9110, 5.6.7. `now` tells the century of a year of two digits.
std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view value, std::chrono::system_clock::time_point now);

/// Seconds or a date (RFC 9110, 10.2.3) as a wait from `now`; 0 for a date that has passed. At most
/// a day: no server may put us to sleep for longer.
std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

/// ETag (RFC 9110, 8.8.3) as the tag of a validator; the date stays empty.
std::optional<validator> parse_etag(std::string_view value);

/// Accept-Ranges (RFC 9110, 14.3) names bytes.
bool accepts_byte_ranges(std::string_view value);

/// The file name that Content-Disposition (RFC 6266) suggests; raw, so never a path as it stands.
/// `filename*` wins over `filename`; empty: none.
std::string parse_disposition_name(std::string_view value);

}  // namespace ferry::http

#include <ferry/http/impl/dates.ipp>
#include <ferry/http/impl/fields.ipp>
