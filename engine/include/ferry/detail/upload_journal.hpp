#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::detail {

/// What an upload needs to go on after its process has ended.
struct upload_record {
    std::string source = {};       ///< absolute path, or URL without user information
    std::string destination = {};  ///< URL, without user information
    std::string version = {};      ///< of the source when the upload began
    std::uint64_t size = 0;        ///< bytes of it
    std::string token = {};        ///< upload_session::token()

    bool operator==(const upload_record&) const = default;
};

std::string to_json(const upload_record& record);
/// Fails with errc::malformed on anything that to_json() would not have written.
result<upload_record> parse_upload_record(std::string_view text);

/// The record of one upload on the disk, readable by its owner alone (its token may open the
/// session to others) and locked as long as this lives. It is written once for a session; what was
/// written half is none. All calls block, but for has_no_folder().
class upload_journal {
  public:
    /// @param folder  Of all journals; made when it is needed. Empty: nothing is kept.
    upload_journal(const std::string& folder, std::string source, std::string destination);

    /// There is nothing to find(), as far as can be told without a disk. Never blocks.
    bool has_no_folder() const;
    /// Looks for what an earlier run has left. Errors: errc::busy if another one is at work.
    result<void> find();
    const std::optional<upload_record>& record() const noexcept { return record_; }
    /// Writes down how the upload of this version goes on. Errors: errc::busy; any errno.
    result<void> keep(std::string version, std::uint64_t size, std::string token);
    /// A file that is ours, with a record or not.
    bool holds_anything() const noexcept { return static_cast<bool>(file_); }
    /// There is nothing to go on with any more.
    result<void> remove();

  private:
    result<void> open(int flags);
    result<void> lock();
    result<void> write(const std::string& text);

    std::string folder_;
    std::string path_;
    upload_record mine_;
    std::optional<upload_record> record_;
    unique_fd file_;
};

}  // namespace ferry::detail

#include <ferry/impl/upload_journal.ipp>
