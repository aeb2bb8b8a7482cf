#pragma once

#include <ferry/local/detail/regular_file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

namespace ferry::local::detail {

inline std::string identity_of(const struct stat& about) {
    return std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

/// @return  What it is; or no such name, and an errno, if we may not know.
inline folder_entry describe_entry(int folder, const char* name) {
    folder_entry entry;
    struct stat about {};
    errno = 0;
    const bool there = ::fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno == EACCES) return entry;
    entry.name = name;
    if (!there) return entry;
    entry.link = S_ISLNK(about.st_mode);
    if (entry.link && ::fstatat(folder, name, &about, 0) != 0) return entry;
    if (S_ISREG(about.st_mode)) entry.kind = folder_entry::type::file;
    if (!S_ISDIR(about.st_mode)) return entry;
    entry.kind = folder_entry::type::folder;
    entry.identity = identity_of(about);
    return entry;
}

inline failure folder_failure(int number, const std::filesystem::path& path) {
    if (number == ENOENT) return source_failure(errc::not_found, "list " + path.string());
    return source_errno(number, "list", path);
}

/// See protocol::list_folder(). Blocking.
inline result<folder_listing> read_folder(const std::filesystem::path& path) {
    struct close_folder {
        void operator()(DIR* one) const { ::closedir(one); }
    };
    const std::unique_ptr<DIR, close_folder> folder(::opendir(path.c_str()));
    struct stat about {};
    if (!folder || ::fstat(::dirfd(folder.get()), &about) != 0) return folder_failure(errno, path);
    const auto acl = read_acl(::dirfd(folder.get()), path);
    const auto mode = mode_without_acl(about.st_mode & ACCESSPERMS, acl ? *acl : std::string());
    folder_listing found{identity_of(about), mode};
    for (;;) {
        errno = 0;
        const auto* const next = ::readdir(folder.get());
        if (!next && errno != 0) return folder_failure(errno, path);
        if (!next) return found;
        const std::string_view name = next->d_name;
        if (name == "." || name == "..") continue;
        auto entry = describe_entry(::dirfd(folder.get()), next->d_name);
        if (entry.name.empty()) return folder_failure(EACCES, path);
        found.entries.push_back(std::move(entry));
    }
}

}  // namespace ferry::local::detail
