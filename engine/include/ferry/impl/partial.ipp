#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace ferry {
namespace detail {

/// FNV-1a: keeps two long names apart whose beginnings are alike.
inline std::string name_digest(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const unsigned char c : name) hash = (hash ^ c) * 0x100000001b3U;
    std::array<char, 17> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(hash));
    return hex.data();
}

inline partial_paths hidden_paths(const std::string& destination, const char* suffix) {
    constexpr std::size_t longest = 255 - sizeof(".ferry-part.new.json.tmp");
    auto name = name_of(destination);
    if (name.size() > longest) {
        const auto digest = name_digest(name);
        name = name.substr(0, longest - digest.size()) + digest;
    }
    auto data = folder_of(destination) + "/." + name + ".ferry-part" + suffix;
    auto journal = data + ".json";
    return {std::move(data), std::move(journal)};
}

/// Bytes that only the kernel has are worth something until the machine restarts.
inline bool still_holds(const journal& record) {
    return record.boot.empty() || record.boot == boot_id();
}

}  // namespace detail

inline partial_paths partial_of(const std::string& destination) {
    return detail::hidden_paths(destination, "");
}

inline partial_paths replacement_of(const std::string& destination) {
    return detail::hidden_paths(destination, ".new");
}

inline result<std::optional<partial>> partial::lock(
    detail::unique_fd file, const partial_paths& paths) {
    struct stat opened {};
    if (::fstat(file.get(), &opened) != 0) return detail::errno_failure("open", paths.data);
    if (!S_ISREG(opened.st_mode))
        return file_failure(EINVAL, paths.data + " is in the way and no regular file");
    if (opened.st_nlink > 1)
        return file_failure(EMLINK, paths.data + " has another name, whose bytes would change");
    if (!detail::is_mine(opened, paths.data))
        return file_failure(EPERM, paths.data + " is in the way and another user's");
    if (!detail::lock_file(file.get())) {
        if (errno != EWOULDBLOCK) return detail::errno_failure("lock", paths.data);
        return failure{errc::busy, paths.data + " is locked", error_context::local_file};
    }
    struct stat named {};  // whoever had the lock before may have renamed or deleted the file
    const bool same = ::lstat(paths.data.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
                      named.st_dev == opened.st_dev;
    if (!same) return std::optional<partial>();
    return std::optional(partial(std::move(file), paths, opened.st_ino, false));
}

inline result<std::optional<partial>> partial::open(partial_paths paths) {
    detail::unique_fd file(
        ::open(paths.data.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::optional<partial>();
    if (!file) return detail::errno_failure("open", paths.data);
    auto locked = lock(std::move(file), paths);
    if (locked && *locked) (*locked)->load_journal();
    return locked;
}

inline result<partial> partial::create(partial_paths paths, std::optional<unsigned> umask) {
    constexpr int attempts = 100;  // each lost one means that somebody else just finished
    const mode_t mode = 0666 & ~umask.value_or(0);
    for (int i = 0; i < attempts; ++i) {
        detail::unique_fd file(
            ::open(paths.data.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (file) {
            if (umask && !detail::ensure_mode(file.get(), mode))
                return detail::errno_failure("set the mode of", paths.data);
            auto locked = lock(std::move(file), paths);
            if (!locked) return locked.error();
            if (!*locked) continue;
            detail::unlink_if_there(paths.journal);  // of a partial that is no more
            (*locked)->untouched_ = true;
            return **std::move(locked);
        }
        if (errno != EEXIST) return detail::errno_failure("create", paths.data);
        auto existing = open(paths);
        if (!existing) return existing.error();
        if (*existing) return **std::move(existing);
    }
    return failure{errc::busy, paths.data, error_context::local_file};
}

inline void partial::load_journal() {
    auto read = read_journal(paths_.journal);
    if (!read || read->inode != inode_) {  // killed between the two renames of move_to()?
        read = read_journal(paths_.data + ".new.json");
    }
    if (!read || read->inode != inode_ || !detail::still_holds(*read)) return;
    struct stat about {};
    const auto& ranges = read->durable.ranges();
    const bool there =
        ::fstat(file_.get(), &about) == 0 &&
        (ranges.empty() || ranges.back().end <= static_cast<std::uint64_t>(about.st_size));
    if (there) record_ = *std::move(read);
}

inline result<void> partial::write(std::span<const std::byte> bytes, std::uint64_t offset) const {
    if (!detail::write_all(descriptor(), bytes, offset))
        return detail::errno_failure("write", paths_.data);
    return {};
}

inline result<bool> partial::same(std::span<const std::byte> bytes, std::uint64_t offset) const {
    std::vector<std::byte> kept(std::min<std::size_t>(bytes.size(), 256U << 10));
    while (!bytes.empty()) {
        const auto part = std::span(kept).first(std::min(kept.size(), bytes.size()));
        const auto n = detail::read_fully(descriptor(), part, offset);
        if (n < 0) return detail::errno_failure("read", paths_.data);
        if (static_cast<std::size_t>(n) != part.size()) return false;
        if (std::memcmp(part.data(), bytes.data(), part.size()) != 0) return false;
        bytes = bytes.subspan(part.size());
        offset += part.size();
    }
    return true;
}

inline result<void> partial::checkpoint(const journal& record) const {
    const bool durable = record.boot.empty();
    if (durable && ::fdatasync(descriptor()) != 0)
        return detail::errno_failure("sync", paths_.data);
    return write_journal(paths_.journal, record, durable);
}

inline result<void> partial::truncate(std::uint64_t size) const {
    if (::ftruncate(descriptor(), static_cast<off_t>(size)) != 0)
        return detail::errno_failure("truncate", paths_.data);
    return {};
}

inline result<void> partial::clear() {
    if (std::exchange(untouched_, false)) return {};
    ::unlink(paths_.journal.c_str());
    return truncate(0);
}

inline result<void> partial::move_to(partial_paths to) {
    // The file first: a journal names its inode, so neither pair is ever believed half.
    if (::rename(paths_.data.c_str(), to.data.c_str()) != 0)
        return detail::errno_failure("rename", paths_.data);
    if (::rename(paths_.journal.c_str(), to.journal.c_str()) != 0 && errno == ENOENT)
        ::unlink(to.journal.c_str());
    paths_ = std::move(to);
    return {};
}

inline void partial::remove() const noexcept {
    ::unlink(paths_.data.c_str());
    ::unlink(paths_.journal.c_str());
}

}  // namespace ferry
