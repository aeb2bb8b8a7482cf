#pragma once

#include <ferry/http/upload/dialogue.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::http {

/// The BITS upload protocol (MC-BUP) as far as it needs no server: what its packets say, what is in
/// a token, how long a fragment is.

enum class bits_packet { ping, create_session, fragment, close_session, cancel_session };

std::string_view to_string(bits_packet kind) noexcept;

/// The only protocol that ever was offered in BITS-Supported-Protocols.
inline constexpr std::string_view bits_protocol_id = "{7df0354d-249b-430f-820d-3d2a9bef4931}";

/// HRESULTs that a server names and that mean more than its status.
namespace bits_error {
inline constexpr std::uint32_t session_not_found = 0x8020001F;
inline constexpr std::uint32_t too_large = 0x80200020;
inline constexpr std::uint32_t access_denied = 0x80070005;
inline constexpr std::uint32_t invalid_argument = 0x80070057;
}  // namespace bits_error

/// What the fields of a reply say; what cannot be understood is none.
struct bits_ack {
    bool is_ack = false;                     ///< else it does not come from a BITS server
    std::string session_id = {};             ///< a secret: who knows it may write into the upload
    std::string protocol = {};               ///< of Create-Session
    std::string host = {};                   ///< where the session goes on; empty: where it is
    std::uint32_t fallback = 0xFFFFFFFF;     ///< seconds without that host; 0xFFFFFFFF: for ever
    std::optional<std::uint64_t> next = {};  ///< offset of the byte that the server wants next
    std::string reply_url = {};              ///< of an upload-reply, in the last one
    std::uint32_t error = 0;                 ///< HRESULT; 0: none
    std::uint32_t error_context = 0;         ///< 5: the server, 7: the application behind it

    bool lost_session() const noexcept { return error == bits_error::session_not_found; }
};

bits_ack read_bits_ack(const field_list& fields);

/// What a reply that is no success means. Tells nothing of the session's id.
failure bits_refusal(const answer& got, wall_time now);

/// Where a session is, and what a token is made of.
struct bits_place {
    url where = {};                       ///< of the object, after redirects, before `host` counts
    std::string id = {};                  ///< BITS-Session-Id
    std::string host = {};                ///< BITS-Host-Id; empty: none
    std::uint32_t fallback = 0xFFFFFFFF;  ///< as in bits_ack
    bool operator==(const bits_place&) const = default;
};

std::string bits_token(const bits_place& place);
bool is_bits_token(std::string_view token) noexcept;
std::optional<bits_place> parse_bits_token(std::string_view token);

/// `where` at the host that a server has named, with its port if it has one; nothing if that is no
/// host.
std::optional<url> at_bits_host(const url& where, std::string_view host);

/// Content-Range of a fragment; of an empty one "bytes */TOTAL" (RFC 9110, 14.4), for "S-E" cannot
/// be empty.
std::string fragment_range(const byte_range& part, std::uint64_t total);

/// Content-Name: a name without what the protocol forbids in it, and ASCII.
std::string content_name(std::string_view name);

/// How long the next fragment is. It begins small, grows while the server takes it quickly, and
/// shrinks for a server that finds it too large or a network on which it takes long: what was cut
/// short is likely to have to be sent again.
class fragment_sizes {
  public:
    static constexpr std::uint64_t least = 5 * 1024;  ///< Windows sends no smaller ones either
    static constexpr std::uint64_t first = 1U << 20;
    static constexpr std::uint64_t most = 12U << 20;  ///< below its 13 MB, and IIS's 30 MB

    std::uint64_t next(std::uint64_t left) const noexcept { return std::min(left, size_); }
    /// One of that size took so long.
    void taken(std::uint64_t size, std::chrono::nanoseconds time) noexcept;
    /// One of that size was too large for the server. false: there is none small enough.
    bool too_large(std::uint64_t size) noexcept;

  private:
    std::uint64_t size_ = first;
    std::uint64_t limit_ = most;
};

/// Since when the hosts of sessions (BITS-Host-Id) cannot be reached; outlives the sessions.
class bits_contacts {
  public:
    void made(const std::string& session) { since_.erase(session); }
    /// For how long it has not been reached, now that it has not been again.
    clock::duration failed(const std::string& session, clock::time_point now);

  private:
    std::map<std::string, clock::time_point> since_;
};

}  // namespace ferry::http

#include <ferry/http/upload/impl/bits_packets.ipp>
