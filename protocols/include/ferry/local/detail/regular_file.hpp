#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/protocol.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::local::detail {

/// A regular file, open for reading, and how it was when it was opened.
struct regular_file {
    ferry::detail::unique_fd descriptor = {};
    std::filesystem::path path = {};
    struct stat about = {};
    unsigned mode = 0;                               // the permissions that a copy gets
    std::shared_ptr<const file_rights> rights = {};  // null: nobody wants to know
};

inline std::string to_text(const timespec& time) {
    auto nanoseconds = std::to_string(time.tv_nsec);
    nanoseconds.insert(0, 9 - nanoseconds.size(), '0');
    return std::to_string(time.tv_sec) + "." + nanoseconds;
}

/// A strong validator. The change time is part of it because tools set the mtime back; the device
/// number is not, because it may be another one after a reboot.
inline validator version_of(const struct stat& about) {
    validator version;
    version.tag = std::to_string(about.st_ino) + ":" + std::to_string(about.st_size) + ":" +
                  to_text(about.st_mtim) + ":" + to_text(about.st_ctim);
    version.date = to_text(about.st_mtim);
    return version;
}

/// To the transfer this file is the remote one: the local one is its destination.
inline failure source_failure(std::error_code code, std::string detail) {
    return {code, std::move(detail), error_context::remote_file};
}

inline failure source_errno(
    int number, const std::string& doing, const std::filesystem::path& path) {
    return source_failure({number, std::generic_category()}, doing + " " + path.string());
}

inline failure open_failure(int number, const std::filesystem::path& path) {
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return source_failure(errc::not_found, "open " + path.string());
        case ENXIO:  // what open() says about a socket
            return source_failure(
                errc::unsupported, path.string() + " is a socket (name a regular file)");
        default:
            return source_errno(number, "open", path);
    }
}

inline std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

/// Blocking, but not on a FIFO that nobody writes to.
inline result<regular_file> open_regular(std::filesystem::path path) {
    regular_file file;
    file.path = std::move(path);
    file.descriptor = ferry::detail::unique_fd(
        ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.descriptor) return open_failure(errno, file.path);
    if (::fstat(file.descriptor.get(), &file.about) != 0)
        return source_errno(errno, "stat", file.path);
    if (!S_ISREG(file.about.st_mode))
        return source_failure(
            errc::unsupported,
            file.path.string() + " is " + kind_of(file.about.st_mode) + " (name a regular file)");
    file.mode = file.about.st_mode & ACCESSPERMS;
    if (ferry::detail::hides_its_size(file.descriptor.get(), file.about))
        return source_failure(
            errc::unsupported, file.path.string() + " does not tell its size (copy it with cat)");
    ::posix_fadvise(file.descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return file;
}

/// What `read` (of fgetxattr(2) and its like) puts into a buffer that is large enough. Empty: there
/// is none, or none can be had there. Blocking.
template <class Read>
result<std::string> read_attribute(
    Read read, const std::string& what, const std::filesystem::path& path) {
    std::string value(1024, '\0');
    for (;;) {
        const auto size = read(value.data(), value.size());
        if (size >= 0) {
            value.resize(static_cast<std::size_t>(size));
            return value;
        }
        if (errno == ENODATA || errno == EOPNOTSUPP) return std::string();
        if (errno != ERANGE) return source_errno(errno, "read the " + what + " of", path);
        value.resize(2 * value.size());
    }
}

/// Empty: it has none, or none can be had there. Blocking.
inline result<std::string> read_acl(int descriptor, const std::filesystem::path& path) {
    const auto read = [descriptor](char* into, std::size_t most) {
        return ::fgetxattr(descriptor, "system.posix_acl_access", into, most);
    };
    return read_attribute(read, "ACL", path);
}

/// Those of users: the others are the system's. Blocking.
inline result<std::map<std::string, std::string>> read_attributes(
    int descriptor, const std::filesystem::path& path) {
    std::map<std::string, std::string> all;
    const auto list = [descriptor](char* into, std::size_t most) {
        return ::flistxattr(descriptor, into, most);
    };
    const auto names = read_attribute(list, "attributes", path);
    if (!names) return names.error();
    for (std::size_t first = 0, end; first < names->size(); first = end + 1) {
        end = std::min(names->find('\0', first), names->size());
        const auto name = names->substr(first, end - first);
        if (!name.starts_with("user.")) continue;
        const auto read = [descriptor, &name](char* into, std::size_t most) {
            return ::fgetxattr(descriptor, name.c_str(), into, most);
        };
        auto value = read_attribute(read, "attribute " + name, path);
        if (!value) return value.error();
        all[name] = *std::move(value);
    }
    return all;
}

/// What the group itself may do: where there is an ACL, the permissions say what anybody in it may.
/// See acl(5): an entry has a tag, permissions and an id, behind the version.
inline unsigned mode_without_acl(unsigned mode, std::string_view acl) noexcept {
    constexpr std::uint16_t group_itself = 0x04;
    struct entry {
        std::uint16_t tag, permissions;
        std::uint32_t id;
    };
    for (acl.remove_prefix(std::min<std::size_t>(acl.size(), 4)); acl.size() >= sizeof(entry);
         acl.remove_prefix(sizeof(entry))) {
        entry one{};
        std::memcpy(&one, acl.data(), sizeof one);
        if (one.tag == group_itself)
            return mode & (~static_cast<unsigned>(S_IRWXG) | (one.permissions & 7U) << 3);
    }
    return mode;
}

/// Also narrows `mode`, where an ACL stays behind. Blocking.
inline result<void> read_rights(regular_file& file, const rights_wanted& wanted) {
    auto acl = read_acl(file.descriptor.get(), file.path);
    if (!acl && wanted.acl) return acl.error();
    if (acl && !wanted.acl) file.mode = mode_without_acl(file.mode, *acl);
    if (!wanted.any()) return {};
    auto attributes = read_attributes(file.descriptor.get(), file.path);
    if (!attributes) return attributes.error();
    file_rights rights;
    rights.attributes = *std::move(attributes);
    if (wanted.owner) rights.owner = file.about.st_uid;
    if (wanted.group) rights.group = file.about.st_gid;
    if (wanted.acl) rights.acl = *std::move(acl);
    file.rights = std::make_shared<const file_rights>(std::move(rights));
    return {};
}

/// Is it still what it was when it was opened? Blocking.
inline result<void> check_unchanged(const regular_file& file) {
    struct stat now {};
    if (::fstat(file.descriptor.get(), &now) != 0) return source_errno(errno, "stat", file.path);
    if (version_of(now) == version_of(file.about)) return {};
    return source_failure(errc::source_changed, file.path.string() + ", while it was being copied");
}

}  // namespace ferry::local::detail
