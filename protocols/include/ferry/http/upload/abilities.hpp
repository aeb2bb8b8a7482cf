#pragma once

#include <ferry/http/upload/dialogue.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ferry::http {

/// Which ways to upload a server names when it is asked with OPTIONS (RFC 9110, 9.3.7).
struct upload_abilities {
    bool tus = false;    ///< Tus-Version names 1.0.0
    bool bits = false;   ///< Allow or Public names BITS_POST
    bool moves = false;  ///< Allow names MOVE (RFC 4918, 9.9)
    bool splices =
        false;  ///< PUT with Content-Range writes into what is there: Apache's mod_dav_fs
    bool tus_only_continues = false;  ///< tus: makes no uploads itself (no creation)
    bool tus_deletes = false;         ///< tus: an upload can be given up (termination)
    std::string tus_checksum = {};  ///< tus: how it verifies parts, "sha256" or "sha1"; empty: not
    std::optional<std::uint64_t> tus_max_size = {};  ///< tus: bytes of one upload; none: not told
    bool operator==(const upload_abilities&) const = default;
};

/// What a reply to OPTIONS says.
upload_abilities abilities_of(const response_head& reply);

/// The best way for `what`: one that can be continued, if there is one.
upload_protocol choose_upload(const upload_abilities& server, const upload_request& what) noexcept;

/// Asks, and remembers the answers. Threads: those of the client.
class upload_survey {
  public:
    explicit upload_survey(client& by) : client_(by) {}

    /// What the server can do at `where`; nothing, if it does not answer the question. Errors:
    ///   those that any other request would meet too. Cancellation: terminal.
    [[nodiscard]] awaitable<result<upload_abilities>> ask_at(
        url where, std::shared_ptr<const access_options> access);

  private:
    client& client_;
    std::map<std::string, upload_abilities> known_;  // by URL
};

}  // namespace ferry::http

#include <ferry/http/upload/impl/abilities.ipp>
