#pragma once

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

/// Tells a file from any other, and from itself once somebody has written to it.
inline std::string mark_of(const struct stat& about) {
    const auto& written = about.st_mtim;
    return std::to_string(about.st_ino) + '-' + std::to_string(about.st_size) + '-' +
           std::to_string(written.tv_sec) + '.' + std::to_string(written.tv_nsec);
}

/// The same of what has this name now; empty if that is nothing.
inline std::string mark_at(const std::string& path) {
    struct stat about {};
    return ::lstat(path.c_str(), &about) == 0 ? mark_of(about) : std::string();
}

inline result<void> check_mark(const std::string& partial, const std::string& mark) {
    if (!mark.empty() && mark_at(partial) == mark) return {};
    return failure{
        errc::not_found, partial + " is gone or was changed, and has to be fetched again",
        error_context::local_file};
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

/// What was not synced is worth nothing after a reboot: its mark says during which boot it holds.
inline std::string with_boot(std::string mark, const std::string& boot) {
    return mark.empty() || boot.empty() ? mark : std::move(mark) + '@' + boot;
}
inline std::string without_boot(const std::string& mark) { return mark.substr(0, mark.find('@')); }
inline std::string boot_of(const std::string& mark) {
    const auto at = mark.find('@');
    return at == std::string::npos ? std::string() : mark.substr(at + 1);
}

/// Is it that of a file that was not synced, but since the machine started?
inline bool was_made_now(const std::string& mark) {
    const auto boot = boot_of(mark);
    return !boot.empty() && boot == boot_id();
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
