#pragma once

#include <utility>

namespace ferry::http {
namespace detail {

/// Is `word` in one of the fields `name`, which hold lists (RFC 9110, 5.6.1)?
inline bool lists(const field_list& fields, std::string_view name, std::string_view word) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_ignoring_case(fields.name(i), name)) continue;
        for (auto rest = fields.value(i); !rest.empty();)
            if (equal_ignoring_case(trimmed(take_until(rest, ',')), word)) return true;
    }
    return false;
}

/// The best of the digests with which the server verifies what tus brings, that we know too.
inline std::string tus_checksum_of(const field_list& fields) {
    if (!lists(fields, "Tus-Extension", "checksum")) return {};
    for (const auto algorithm : {"sha256", "sha1"})
        if (lists(fields, "Tus-Checksum-Algorithm", algorithm)) return algorithm;
    return {};
}

}  // namespace detail

inline upload_abilities abilities_of(const response_head& reply) {
    const auto& fields = reply.fields;
    upload_abilities all;
    all.tus = detail::lists(fields, "Tus-Version", "1.0.0");
    all.tus_only_continues = all.tus && !detail::lists(fields, "Tus-Extension", "creation");
    all.tus_deletes = detail::lists(fields, "Tus-Extension", "termination");
    all.tus_checksum = detail::tus_checksum_of(fields);
    if (const auto most = fields.find("Tus-Max-Size")) all.tus_max_size = parse_number(*most);
    all.bits =
        detail::lists(fields, "Allow", "BITS_POST") || detail::lists(fields, "Public", "BITS_POST");
    all.moves = detail::lists(fields, "Allow", "MOVE");
    // A server that ignores Content-Range would take the part for the whole (RFC 9110, 14.5):
    // only the module whose name for its properties this is, is known to heed it.
    all.splices = detail::lists(fields, "DAV", "<http://apache.org/dav/propset/fs/1>");
    return all;
}

inline upload_protocol choose_upload(
    const upload_abilities& server, const upload_request& what) noexcept {
    if (what.wants_reply) return upload_protocol::bits;
    if (server.tus && !server.tus_only_continues) return upload_protocol::tus;
    if (server.bits && !server.splices) return upload_protocol::bits;
    return upload_protocol::put;
}

inline awaitable<result<upload_abilities>> upload_survey::ask_at(
    url where, std::shared_ptr<const access_options> access) {
    const auto place = to_string(where);
    if (const auto known = known_.find(place); known != known_.end()) co_return known->second;
    request question;
    question.method = "OPTIONS";
    question.what = std::move(where);
    question.access = std::move(access);
    const bool introduced = !question.access->who.empty();
    auto got = co_await ask(client_, std::move(question));
    // whose password is refused here, need not try it again at once
    const bool refused = !got && introduced && got.error().code == errc::unauthorized;
    if (!got && (refused || got.error().http_status == 0)) co_return std::move(got.error());
    if (!got) co_return upload_abilities();
    const int status = got->head.status;
    const auto found = got->succeeded() ? abilities_of(got->head) : upload_abilities();
    if (found.splices && !found.moves) co_return found;  // a folder that is yet to be made
    if (got->succeeded() || status == 404 || status == 405 || status == 501) {
        static constexpr std::size_t most = 256;
        if (known_.size() >= most) known_.clear();
        known_[place] = found;
    }
    co_return found;
}

}  // namespace ferry::http
