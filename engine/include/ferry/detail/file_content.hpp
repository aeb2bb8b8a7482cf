#pragma once

#include <ferry/detail/patience.hpp>
#include <ferry/detail/upload_journal.hpp>
#include <ferry/environment.hpp>
#include <ferry/upload_session.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ferry::detail {

/// A local file that is being sent: proven to be the same from its first byte to its last, and held
/// back as the limits say. A small one is read when it is opened, because each later call of the
/// disk would cost more time than its bytes. Threads: one executor.
class file_content final : public content {
  public:
    /// @param progressed  Called for bytes that no attempt has sent before.
    file_content(
        environment& with, const transfer_options& options, transfer_status& status,
        std::function<void()> progressed)
        : with_(with), options_(options), status_(status), progressed_(std::move(progressed)) {}

    /// Opens the file. Blocking. Errors: errc::unsupported if it is no regular file; any errno.
    result<void> open(std::string path);
    const std::string& path() const noexcept { return path_; }
    const file_identity& identity() const noexcept { return identity_; }
    int file() const noexcept { return file_.get(); }

    /// A new attempt goes on from here.
    void begin(std::uint64_t offset);

    std::uint64_t size() const noexcept override { return identity_.size; }
    int descriptor() const noexcept override { return whole_ ? -1 : file_.get(); }
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override;
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override;
    void sent(std::uint64_t offset) override;
    awaitable<result<void>> unchanged() override;

  private:
    void read_whole();
    result<void> look() const;
    void give_back();
    void go_back(std::uint64_t offset);
    result<void> check_speed();
    failure changed() const;

    environment& with_;
    const transfer_options& options_;
    transfer_status& status_;
    std::function<void()> progressed_;
    std::string path_;
    unique_fd file_;
    file_identity identity_;
    std::optional<std::vector<std::byte>> whole_;  // of a small file, as it was when it was opened
    bool begun_ = false;                           // since it was opened
    bool fresh_ = false;   // nobody has asked yet whether whole_ is still what the file is
    bool proven_ = false;  // nothing was sent since that was asked
    std::uint64_t reserved_ = 0;
    std::uint64_t begun_at_ = 0;      // what the attempt went on from
    std::uint64_t offset_ = 0;        // of the next byte to be sent
    std::uint64_t highest_ = 0;       // that any attempt has reached
    clock::time_point moved_ = {};    // when sent() was called last
    clock::duration in_flight_ = {};  // time since measure_ that the network took
    std::uint64_t measured_ = 0;      // bytes sent in that time
};

}  // namespace ferry::detail

#include <ferry/impl/file_content.ipp>
