#pragma once

#include <ferry/detail/file.hpp>

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ferry::detail {

/// One flush of a file system beats that of so many files.
inline constexpr std::size_t worth_syncfs = 8;

/// Makes the data of a file survive a power cut; one that is not there needs nothing.
inline result<void> sync_if_there(const std::string& path) {
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file && errno == ENOENT) return {};
    if (!file || ::fdatasync(file.get()) != 0) return errno_failure("sync", path);
    return {};
}

/// What there is to sync on one file system.
struct unsynced_disk {
    std::set<std::string> folders = {};
    std::vector<const std::string*> files = {};
};

inline result<void> sync_disk(const unsynced_disk& disk) {
    if (disk.files.size() >= worth_syncfs) {
        const unique_fd any(
            ::open(disk.folders.begin()->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (any && ::syncfs(any.get()) == 0) return {};
    }
    for (const auto* file : disk.files)
        if (auto synced = sync_if_there(*file); !synced) return synced;
    for (const auto& folder : disk.folders)
        if (auto synced = sync_folder(folder); !synced) return synced;
    return {};
}

/// Makes data and names of many files survive a power cut; one that is gone needs nothing.
/// @param paths  Absolute.
/// Errors: any errno. Blocking.
inline result<void> sync_files(const std::vector<std::string>& paths) {
    std::map<std::string, dev_t> known;
    std::map<dev_t, unsynced_disk> disks;
    for (const auto& path : paths) {
        const auto folder = folder_of(path);
        auto [place, is_new] = known.try_emplace(folder);
        struct stat about {};
        if (is_new && ::stat(folder.c_str(), &about) != 0) {
            if (errno != ENOENT && errno != ENOTDIR) return errno_failure("sync folder", folder);
            known.erase(place);  // and so are its files
            continue;
        }
        if (is_new) place->second = about.st_dev;
        auto& disk = disks[place->second];
        disk.folders.insert(folder);
        disk.files.push_back(&path);
    }
    for (const auto& [device, disk] : disks)
        if (auto synced = sync_disk(disk); !synced) return synced;
    return {};
}

}  // namespace ferry::detail
