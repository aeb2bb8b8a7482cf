#pragma once

#include <support/files.hpp>

#include <sys/mount.h>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ferry::test {

/// A file system of a few megabytes, in memory; needs root.
class small_disk {
  public:
    explicit small_disk(const std::string& size) {
        const auto options = "size=" + size;
        mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
    }
    bool mounted() const noexcept { return mounted_; }
    const std::filesystem::path& path() const noexcept { return folder_; }

  private:
    temp_dir folder_;
    bool mounted_ = false;
};

/// Writes `file` until the disk is full.
inline void fill_disk(const std::filesystem::path& file) {
    std::ofstream filler(file, std::ios::binary);
    for (std::size_t size = 65'536; size > 0; size /= 2) {  // to the last byte
        filler.clear();
        const std::string block(size, 'x');
        while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
}

#define NEEDS_MOUNT(disk)                                               \
    if (!(disk).mounted()) {                                            \
        MESSAGE("NOT TESTED: only root may mount a small file system"); \
        return;                                                         \
    }

}  // namespace ferry::test
