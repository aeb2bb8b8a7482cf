#include "cli/daemon/limit_file.hpp"

#include "cli/text/text_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace ferry::cli {
namespace {

constexpr boost::json::string_view key = "bytes_per_second";

}  // namespace

result<std::uint64_t> read_limit(const std::string& file) {
    const auto text = read_text(file);
    if (!text && text.error().code == std::errc::no_such_file_or_directory) return std::uint64_t{0};
    if (!text) return text.error();
    const failure malformed{
        errc::malformed, file + ": not what 'ferry limit' writes (remove it for no limit)",
        error_context::local_file};
    boost::json::error_code error;
    const auto parsed = boost::json::parse(*text, error);
    const auto* object = error ? nullptr : parsed.if_object();
    const auto* value = object ? object->if_contains(key) : nullptr;
    if (!value) return malformed;
    if (value->is_null()) return std::uint64_t{0};
    const auto limit = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    if (error || limit == 0) return malformed;
    return limit;
}

result<void> write_limit(const std::string& file, std::uint64_t bytes_per_second) {
    boost::json::object limit;
    limit[key] = nullptr;
    if (bytes_per_second > 0) limit[key] = bytes_per_second;
    return replace_text(file, boost::json::serialize(limit) + "\n", 0600);
}

}  // namespace ferry::cli
