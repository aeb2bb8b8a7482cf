#pragma once

#include <ferry/http/client.hpp>
#include <ferry/upload_session.hpp>

#include <string>
#include <string_view>

namespace ferry::http {

/// A reply of which status and fields tell everything.
struct answer {
    request asked = {};  ///< the last one, where redirects were followed
    response_head head = {};

    bool succeeded() const noexcept { return head.status >= 200 && head.status < 300; }
    bool is_missing() const noexcept { return head.status == 404 || head.status == 410; }
    /// A field's value; empty: not there.
    std::string_view field(std::string_view name) const {
        return head.fields.find(name).value_or("");
    }
};

/// Sends `what` and lets go of the reply's body. Errors, cancellation: client::fetch(). A status is
/// no error.
[[nodiscard]] awaitable<result<answer>> ask(client& by, request what);

/// What a status that is no success means for an upload; the server's own words are in there.
failure refusal(const answer& got, wall_time now);

/// Asks for what is at `where`, without its content (HEAD). Errors: as ask().
[[nodiscard]] awaitable<result<answer>> look_at(
    client& by, url where, std::shared_ptr<const access_options> access);

/// A file cannot get the name of a folder: to move it there deletes the folder and all that is in
/// it (RFC 4918, 9.9.3).
failure folder_in_the_way(const url& where);

/// Was a question about `where` answered for a folder of that name, by a redirect?
bool leads_into(const answer& got, const url& where);

/// errc::exists if there is something at `where`: not every server heeds If-None-Match with a PUT.
/// Errors: also those of a reply that does not tell whether there is.
[[nodiscard]] awaitable<result<void>> expect_vacant(
    client& by, url where, std::shared_ptr<const access_options> access);

/// `folder` if it ends otherwise than with '/', else the object `name` in it.
url object_in(url folder, std::string_view name);

/// `what` with another last segment of its path.
url sibling_of(url what, std::string_view name);

/// Smaller ones are quicker sent again than continued: they have no token, hence no journal, which
/// would have to be safe on the disk before their first byte is sent.
inline constexpr std::uint64_t worth_continuing = 8U << 20;

/// From here on the server is asked whether it wants the content before it is sent.
inline constexpr std::uint64_t worth_asking = 1U << 20;

}  // namespace ferry::http

#include <ferry/http/upload/impl/dialogue.ipp>
