#include <ferry/http/fields.hpp>

#include <fuzz/fuzz.hpp>

#include <algorithm>
#include <chrono>

using namespace ferry;
using fuzz::require;

namespace {

void check_content_range(std::string_view value) {
    const auto range = http::parse_content_range(value);
    if (!range) return;
    require(range->part || range->total, "a Content-Range says something");
    if (!range->part) return;
    require(!range->part->empty(), "a part is not empty");
    require(!range->total || range->part->end <= *range->total, "a part ends within the whole");
}

void check_etag(std::string_view value) {
    const auto tag = http::parse_etag(value);
    if (!tag) return;
    const auto fits = [](char c) { return c != '\r' && c != '\n' && c != '\0'; };
    require(std::all_of(tag->tag.begin(), tag->tag.end(), fits), "a tag fits into a request");
    require(tag->strong() == !value.starts_with("W/"), "W/ makes it weak");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = fuzz::text_of(data, size);
    const std::chrono::system_clock::time_point now(std::chrono::seconds(1'767'225'600));
    check_content_range(value);
    check_etag(value);
    (void)http::parse_http_date(value, now);
    if (const auto wait = http::parse_retry_after(value, now))
        require(
            *wait >= std::chrono::seconds(0) && *wait <= std::chrono::hours(24),
            "a wait is at most a day");
    (void)http::accepts_byte_ranges(value);
    const auto name = safe_file_name(http::parse_disposition_name(value));
    require(name.find('/') == std::string::npos, "a suggested name is one component");
    return 0;
}
