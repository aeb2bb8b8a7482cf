#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry::http {

/// A part of a file that is mapped to be sent: the kernel takes the bytes from the page cache into
/// the socket, and they are copied once instead of twice. For sockets only: where the file has
/// become shorter, send(2) fails with EFAULT, but whoever reads the bytes gets SIGBUS.
class file_window {
  public:
    file_window() = default;
    file_window(const file_window&) = delete;
    file_window& operator=(const file_window&) = delete;
    ~file_window() {
        if (bytes_) ::munmap(bytes_, length);
    }

    /// Bytes from `offset` on, at least one if the file has it, at most 1 MiB; they stay until the
    /// next call. Empty if the file cannot be mapped, or may not any more.
    std::span<const std::byte> show(int file, std::uint64_t offset) {
        const auto inside = static_cast<std::size_t>(offset % length);
        const auto first = offset - inside;
        if (useful_ && (bytes_ == nullptr || first != first_)) map(file, first);
        if (!useful_) return {};
        return {bytes_ + inside, length - inside};
    }
    /// From now on nothing is shown.
    void give_up() noexcept { useful_ = false; }
    bool useful() const noexcept { return useful_; }

  private:
    static constexpr std::size_t length = 1 << 20;  // what a processor's cache holds

    /// In the place of what was shown before: that costs less than to unmap it.
    void map(int file, std::uint64_t first) {
        const int flags = MAP_SHARED | (bytes_ ? MAP_FIXED : 0);
        void* const mapped =
            ::mmap(bytes_, length, PROT_READ, flags, file, static_cast<off_t>(first));
        useful_ = mapped != MAP_FAILED;
        if (!useful_) return;
        bytes_ = static_cast<std::byte*>(mapped);
        first_ = first;
    }

    std::byte* bytes_ = nullptr;
    std::uint64_t first_ = 0;  // offset of what is mapped; a multiple of its length
    bool useful_ = true;
};

}  // namespace ferry::http
