#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

/// What a client sent to a BITS server, and how it was answered.
struct bits_request {
    std::string method = {};
    std::string target = {};
    std::vector<std::pair<std::string, std::string>> fields = {};
    std::uint64_t body = 0;  ///< bytes of it that arrived
    unsigned connection = 0;
    int status = 0;  ///< of the answer; 0: none was given

    bool has(std::string_view name) const;
    /// The value of a header field, or "".
    std::string field(std::string_view name) const;
    /// BITS-Packet-Type in lower case; for other methods the method.
    std::string packet() const;
};

struct bits_answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> fields = {};
    std::string body = {};

    void set(const std::string& name, const std::string& value);
};

/// The server's side of the BITS upload protocol (MC-BUP), strict about every packet: a pure state
/// machine, which a bits_server puts on the network.
class bits_site {
  public:
    enum class spelling { win32, mc_bup };             ///< BITS-Error-Code, BITS-Error
    enum class empty_fragment { told, in_416, bare };  ///< how one is answered: 400 with or without

    // What it is like.
    bool enabled = true;
    bool overwrites = true;
    bool takes_overlap = true;       ///< Win32; MC-BUP: 416 to all but the next byte
    bool shown_when_closed = false;  ///< MC-BUP; Win32: with the last fragment
    bool keeps_part = true;          ///< of a fragment that is cut
    std::uint64_t most_in_fragment = UINT64_MAX;
    std::uint64_t most_in_file = UINT64_MAX;
    spelling errors = spelling::win32;
    empty_fragment question = empty_fragment::told;
    std::string host_id = {};
    std::string fallback = {};
    std::optional<std::string> reply_url = {};                ///< upload-reply
    std::map<std::string, std::string> served = {};           ///< by target: replies, for GET
    std::string allow = "OPTIONS, GET, HEAD, BITS_POST";      ///< the answer to OPTIONS
    std::string session_start = "{5e551017-0000-4000-8000-";  ///< of each BITS-Session-Id

    // What has happened.
    std::map<std::string, std::string> files = {};  ///< by target
    std::vector<std::string> offences = {};         ///< what no client may do
    unsigned sessions_made = 0;

    std::size_t sessions() const noexcept { return sessions_.size(); }
    void forget_sessions() { sessions_.clear(); }
    /// Drops what the open sessions have beyond the first `bytes`, as a restored backup would.
    void roll_back(std::uint64_t bytes);
    /// Bytes that the only session has.
    std::uint64_t held() const;

    /// May be asked when the head is there: an answer that makes the content superfluous.
    std::optional<bits_answer> refuse(const bits_request& asked);
    /// @param body  All of it.
    bits_answer answer(const bits_request& asked, std::string_view body);
    /// The connection ended in the middle of a fragment, after `body`.
    void cut(const bits_request& asked, std::string_view body);

  private:
    struct session {
        std::string target;
        std::string bytes = {};
        std::optional<std::uint64_t> total = {};
        bool complete = false;
    };
    struct range {
        std::uint64_t first = 0;
        std::uint64_t end = 0;
        std::uint64_t total = 0;
    };

    bits_answer create(const bits_request& asked);
    bits_answer fragment(const bits_request& asked, std::string_view body);
    bits_answer take(const bits_request& asked, session& into, std::string_view body, range part);
    bits_answer end(const bits_request& asked);
    bits_answer ack(const bits_request& asked, const session* about) const;
    bits_answer fail(
        const bits_request& asked, int status, std::uint32_t error, const session* about = nullptr);
    bits_answer offence(const bits_request& asked, const std::string& what);
    std::string form_of(const bits_request& asked, std::string_view body) const;
    void complete(session& one);
    session* find(const bits_request& asked);
    static std::optional<range> range_of(std::string_view field);

    std::map<std::string, session> sessions_ = {};
};

}  // namespace ferry::test
