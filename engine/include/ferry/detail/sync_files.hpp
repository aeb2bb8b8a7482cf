#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/detail/mark.hpp>

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ferry::detail {

/// One flush of a file system beats that of so many files.
inline constexpr std::size_t worth_syncfs = 8;

/// A file, which is to be synced if it still has its mark.
struct unsynced_file {
    std::string path = {};  ///< absolute
    std::string mark = {};
    result<void> outcome = {};
};

/// What there is to sync on one file system.
struct unsynced_disk {
    std::set<std::string> folders = {};
    std::vector<unsynced_file*> files = {};
};

/// @param flushed  All of its file system has been: asks only whether that went well for this file.
inline result<void> sync_file(const unsynced_file& one, bool flushed) {
    const unique_fd file(::open(one.path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
        return errno_failure("open", one.path);
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0 || mark_of(about) != one.mark)
        return gone_or_changed(one.path);
    const int failed = flushed ? ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE)
                               : ::fdatasync(file.get());
    return failed == 0 ? result<void>() : errno_failure("sync", one.path);
}

inline void sync_disk(const unsynced_disk& disk) {
    bool flushed = false;
    if (disk.files.size() >= worth_syncfs) {
        const unique_fd any(
            ::open(disk.folders.begin()->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        flushed = any && ::syncfs(any.get()) == 0;
    }
    for (auto* one : disk.files) one->outcome = sync_file(*one, flushed);
    if (flushed) return;
    for (const auto& folder : disk.folders) {
        const auto synced = sync_folder(folder);
        if (synced) continue;
        for (auto* one : disk.files)
            if (one->outcome && folder_of(one->path) == folder) one->outcome = synced;
    }
}

/// Makes data and names of many files survive a power cut. Each gets its outcome: any errno;
/// errc::not_found if it is gone, or another than had this mark. Blocking.
inline void sync_files(std::vector<unsynced_file>& files) {
    std::map<std::string, dev_t> known;
    std::map<dev_t, unsynced_disk> disks;
    for (auto& one : files) {
        const auto folder = folder_of(one.path);
        auto place = known.find(folder);
        struct stat about {};
        if (place == known.end() && ::stat(folder.c_str(), &about) == 0)
            place = known.emplace(folder, about.st_dev).first;
        if (place == known.end()) {
            one.outcome = gone_or_changed(one.path);
            continue;
        }
        auto& disk = disks[place->second];
        disk.folders.insert(folder);
        disk.files.push_back(&one);
    }
    for (const auto& [device, disk] : disks) sync_disk(disk);
}

}  // namespace ferry::detail
