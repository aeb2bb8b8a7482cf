#pragma once

#include <ferry/smb/pool.hpp>
#include <ferry/upload_session.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ferry::smb {

/// A file on its way to a share: a hidden partial beside its final name. See upload_session.hpp.
/// The token is the partial's name. A write that was lost with its connection may have arrived in
/// pieces, in any order: what one write moves is sent again, and what stands before it is compared.
class upload final : public upload_session {
  public:
    struct names {
        std::string folder = {};   ///< with its '/', or empty
        std::string file = {};     ///< the final name
        std::string partial = {};  ///< in the same folder
    };

    /// @param held  Bytes that the partial has. It is open.
    upload(lease wire, names names, upload_request asked, std::uint64_t held);

    const std::string& token() const noexcept override { return names_.partial; }
    std::uint64_t offset() const noexcept override { return offset_; }
    /// Errors: errc::session_lost: the partial does not hold what it should.
    [[nodiscard]] awaitable<result<void>> send(content& from) override;
    /// Errors: errc::exists: somebody made a file of that name meanwhile.
    [[nodiscard]] awaitable<result<object_info>> finish() override;
    [[nodiscard]] awaitable<result<void>> cancel() override;

  private:
    awaitable<result<void>> prove(content& from);
    awaitable<result<void>> send_all(content& from);
    awaitable<result<void>> written();

    lease wire_;
    const names names_;
    const upload_request asked_;
    std::uint64_t offset_;
    bool writing_ = false;  // a write is under way
    std::optional<std::chrono::system_clock::time_point> modified_;
};

/// The name of a new partial of `file`: hidden, and like no other.
std::string partial_name(const std::string& file);

/// The same for whoever sends `what` once more from this machine: what an earlier run has left, and
/// nobody remembers, can be found. Without a source: like no other.
std::string partial_name(const std::string& file, const upload_request& what);

/// Is it one that partial_name() may have made of `file`?
bool is_partial_of(const std::string& name, const std::string& file);

}  // namespace ferry::smb

#include <ferry/smb/impl/upload.ipp>
