#pragma once

#include <ferry/detail/mark.hpp>
#include <ferry/partial.hpp>
#include <ferry/transfer_options.hpp>

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

namespace ferry::detail {

/// What a journal calls it: parts of an object are another one.
inline std::string name_of_content(const url& from, const slices& parts) {
    return parts.empty() ? to_string(from) : to_string(from) + " bytes=" + parts.to_string();
}

/// The partial of `to`, if its journal proves that it holds a whole file that was verified.
inline std::optional<partial> whole_partial(const std::string& to) {
    auto opened = partial::open(partial_of(to));
    if (!opened || !*opened || !(*opened)->record()) return std::nullopt;
    const auto& record = *(*opened)->record();
    if (!record.verified || !record.size || record.durable.total() != *record.size)
        return std::nullopt;
    return *std::move(opened);
}

/// The mark of a held file that somebody may have changed or replaced since it had the mark
/// `before`; it is made as safe as it was. Empty: there is none. Blocking.
inline result<std::string> mark_again(const std::string& path, const std::string& before) {
    const auto boot = boot_of(before);
    auto now = with_boot(mark_at(path), boot);
    if (now.empty() || now == before || !boot.empty()) return now;
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || ::fdatasync(file.get()) != 0) return errno_failure("sync", path);
    return now;
}

}  // namespace ferry::detail
