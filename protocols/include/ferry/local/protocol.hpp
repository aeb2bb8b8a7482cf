#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/protocol.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace ferry::local {

/// Files of this machine: scheme `file`, which plain paths become (from_path()).
/// Only regular files are objects; a folder, FIFO, device or socket is errc::unsupported.
/// Bytes go from file to file within the kernel, shared by both where the file system can
/// (reflink); holes stay holes. A file's inode, size and times are a strong validator, checked
/// again after each step, so that no step of a file that changed meanwhile counts as progress.
/// Threads: its calls come from one executor; what blocks runs on `disk`, which must outlive it and
///   all its sources.
class protocol final : public ferry::protocol {
  public:
    explicit protocol(disk_pool& disk) : disk_(disk) {}

    bool speaks(std::string_view scheme) const noexcept override { return scheme == "file"; }
    /// Refuses what names no path of this machine.
    result<void> check(const url& what, const access_options& access) const override;
    /// Errors: errc::not_found, ::unsupported, ::bad_argument (a file of another host); any errno.
    ///   All have the context remote_file, as for any other source.
    /// `if_match` is left to the caller, who sees the validator before a byte is copied.
    [[nodiscard]] awaitable<result<std::unique_ptr<ferry::source>>> open(
        open_request what) override;
    [[nodiscard]] awaitable<result<folder_listing>> list_folder(folder_request what) override;

  private:
    disk_pool& disk_;
};

}  // namespace ferry::local

#include <ferry/local/impl/protocol.ipp>
