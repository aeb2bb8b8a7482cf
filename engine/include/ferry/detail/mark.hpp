#pragma once

#include <ferry/journal.hpp>
#include <ferry/result.hpp>

#include <sys/stat.h>

#include <string>
#include <utility>

namespace ferry::detail {

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

inline failure gone_or_changed(const std::string& partial) {
    return {
        errc::not_found, partial + " is gone or was changed, and has to be fetched again",
        error_context::local_file};
}

inline result<void> check_mark(const std::string& partial, const std::string& mark) {
    if (!mark.empty() && mark_at(partial) == mark) return {};
    return gone_or_changed(partial);
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

}  // namespace ferry::detail
