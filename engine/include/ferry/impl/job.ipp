#pragma once

#include <algorithm>
#include <array>
#include <utility>

namespace ferry {
namespace detail {

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

inline constexpr std::array<std::string_view, 3> job_type_names = {
    "download", "upload", "upload-reply"};
inline constexpr std::array<std::string_view, 4> job_priority_names = {
    "foreground", "high", "normal", "low"};

}  // namespace detail

inline std::string_view to_string(job_type type) noexcept {
    return detail::job_type_names[static_cast<std::size_t>(type)];
}
inline std::string_view to_string(job_priority priority) noexcept {
    return detail::job_priority_names[static_cast<std::size_t>(priority)];
}
inline std::optional<job_type> parse_job_type(std::string_view text) noexcept {
    return detail::named<job_type>(detail::job_type_names, text);
}
inline std::optional<job_priority> parse_job_priority(std::string_view text) noexcept {
    return detail::named<job_priority>(detail::job_priority_names, text);
}

inline std::optional<std::uint64_t> job::bytes_total() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& file : files) {
        if (!file.bytes_total) return std::nullopt;
        sum += *file.bytes_total;
    }
    return sum;
}

inline std::uint64_t job::bytes_transferred() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& file : files) sum += file.bytes_transferred;
    return sum;
}

inline std::uint64_t job::bytes_resumed() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& file : files) sum += file.bytes_resumed;
    return sum;
}

inline std::size_t job::files_transferred() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        files.begin(), files.end(), [](const job_file& file) { return file.finished(); }));
}

}  // namespace ferry
