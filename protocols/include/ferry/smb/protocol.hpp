#pragma once

#include <ferry/clock.hpp>
#include <ferry/protocol.hpp>
#include <ferry/smb/pool.hpp>
#include <ferry/smb/upload.hpp>

#include <asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace ferry::smb {

/// Files of Windows and Samba servers (SMB 2 and 3): scheme `smb`, which \\HOST\SHARE\PATH becomes
/// too. Every connection is a helper process of its own, which has libsmbclient; without that
/// program all of this fails with errc::unsupported. All is signed, unless the user is "guest";
/// nobody becomes a guest without asking for it. DFS referrals are followed.
/// A file's id, size and times are a strong validator, checked again with each block.
/// Threads: one executor, `on`. `time` must outlive it, and it all its sources and uploads.
class protocol final : public ferry::protocol {
  public:
    protocol(asio::any_io_executor on, clock& time, std::filesystem::path helper = default_helper())
        : on_(std::move(on)), helpers_(std::move(helper)), time_(time), idle_(time) {}

    /// ferry-smb beside this program, in ../libexec from there, or where it was installed.
    static std::filesystem::path default_helper();

    bool speaks(std::string_view scheme) const noexcept override { return scheme == "smb"; }
    /// Errors: as place_of(), and login_for() but for a password that is missing;
    ///   errc::unsupported without the helper.
    result<void> check(const url& what, const access_options& access) const override;
    /// Errors: those of connection and login_for(). `if_match` is left to the caller, who sees the
    ///   validator before a byte is copied.
    [[nodiscard]] awaitable<result<std::unique_ptr<ferry::source>>> open(
        open_request what) override;
    /// While one waits for a block, the other's is being checked and written.
    unsigned usual_connections() const noexcept override { return 2; }
    /// Samba keeps the times of an open file, unless it is changed over SMB.
    bool tells_changes_late() const noexcept override { return true; }
    /// On shares of Samba the change time is but another name for the mtime.
    bool wants_overlap() const noexcept override { return true; }
    /// A link is what the server says is one: Samba shows what its links lead to instead,
    /// and a pipe as an empty file.
    [[nodiscard]] awaitable<result<folder_listing>> list_folder(folder_request what) override;
    [[nodiscard]] awaitable<result<void>> make_folder(folder_request what, bool parents) override;
    [[nodiscard]] awaitable<result<std::unique_ptr<upload_session>>> begin_upload(
        upload_request what) override;

  private:
    struct visit {
        lease wire = {};
        bool used_before = false;  // the server may have left meanwhile
    };

    awaitable<result<visit>> enter(
        place where, std::shared_ptr<const access_options> access, bool anew);
    static awaitable<result<opened>> open_by(
        lease& wire, std::string path, std::size_t at_once, rights_wanted wanted);
    static awaitable<void> make_all(lease& by, std::vector<std::string> folders);
    static awaitable<result<void>> make_by(lease wire, place where, bool parents);
    awaitable<result<std::unique_ptr<upload_session>>> begin_by(
        lease wire, place where, upload_request what);
    static awaitable<result<detail::file_facts>> create_partial(lease& wire, upload::names& names);

    const asio::any_io_executor on_;
    detail::helper_source helpers_;
    clock& time_;
    detail::known_files known_;
    pool idle_;
};

}  // namespace ferry::smb

#include <ferry/smb/impl/protocol.ipp>
