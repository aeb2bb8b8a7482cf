#pragma once

#include <ferry/http/upload/put.hpp>

#include <utility>

namespace ferry::http {

inline bits_upload::bits_upload(client& by, bits_contacts& contacts, upload_request what)
    : client_(by), contacts_(contacts), what_(std::move(what)) {
    what_.what = object_in(std::move(what_.what), what_.name);
    if (what_.name.empty()) what_.name = file_name_of(what_.what);
    target_ = what_.what;
}

inline awaitable<result<std::unique_ptr<upload_session>>> bits_upload::begin(
    client& by, bits_contacts& contacts, upload_request what) {
    const auto token = std::move(what.token);
    std::unique_ptr<bits_upload> session(new bits_upload(by, contacts, std::move(what)));
    if (token.empty()) {
        auto opened = co_await session->open_session();
        if (!opened) co_return std::move(opened.error());
        co_return session;
    }
    auto place = parse_bits_token(token);
    if (!place) co_return failure{errc::session_lost, "the journal names no upload"};
    session->place_ = *std::move(place);
    session->token_ = token;
    auto found = co_await session->find_session();
    if (!found) co_return std::move(found.error());
    co_return session;
}

inline awaitable<result<void>> bits_upload::open_session() {
    if (!what_.replace) {
        auto vacant = co_await expect_vacant(client_, what_.what, what_.access);
        if (!vacant) co_return vacant;
    }
    auto got = co_await create();
    if (got && got->head.status == 404 && what_.make_folders) {
        auto made = co_await make_collections(client_, sibling_of(what_.what, ""), what_.access);
        if (!made) co_return made;
        got = co_await create();
    }
    if (!got) co_return std::move(got.error());
    if (auto good = admit(*got); !good) co_return good;
    token_ = bits_token(place_);
    if (place_.host.empty()) co_return result<void>();
    auto greeted = co_await greet_host();
    co_return greeted;
}

inline awaitable<result<answer>> bits_upload::create() {
    auto to = packet(bits_packet::create_session);
    to.fields.push_back("BITS-Supported-Protocols: " + std::string(bits_protocol_id));
    to.fields.push_back("Content-Name: " + content_name(what_.name));
    auto got = co_await ask(client_, std::move(to));
    co_return got;
}

/// What the server has agreed to.
inline result<void> bits_upload::admit(const answer& got) {
    const auto ack = read_bits_ack(got.head.fields);
    if (!got.succeeded()) {
        auto why = bits_refusal(got, client_.time().wall());
        if (why.code == errc::session_lost) why.code = errc::refused;  // there was none to lose
        return why;
    }
    if (!ack.is_ack)
        return failure{
            errc::unsupported, title(got.asked) + ": the server does not speak the BITS protocol",
            error_context::remote_file, got.head.status};
    if (ack.session_id.empty()) return malformed(got, "no BITS-Session-Id");
    if (!ack.protocol.empty() && !equal_ignoring_case(ack.protocol, bits_protocol_id))
        return malformed(got, "it chose a protocol that was not offered");
    place_.where = got.asked.what;
    place_.where.fragment.clear();
    place_.id = ack.session_id;
    place_.host = ack.host;
    place_.fallback = ack.fallback;
    const auto there = ack.host.empty() ? place_.where : at_bits_host(place_.where, ack.host);
    if (!there) return malformed(got, "BITS-Host-Id names no host");
    target_ = *there;
    return {};
}

/// MC-BUP 3.1.5.1.2. A host that cannot be reached yet may be later: send() will see.
inline awaitable<result<void>> bits_upload::greet_host() {
    auto ping = packet(bits_packet::ping);
    auto got = co_await post(std::move(ping));
    if (!got && detail::is_out_of_reach(got.error())) co_return result<void>();
    if (!got) co_return std::move(got.error());
    if (!got->succeeded()) co_return bits_refusal(*got, client_.time().wall());
    if (!read_bits_ack(got->head.fields).is_ack) co_return malformed(*got, "no Ack to a Ping");
    co_return result<void>();
}

/// Only an Ack to a fragment tells how much is there; an empty one does no harm in any state. What
/// does not answer it learns the offset from the first byte (see next_part()).
inline awaitable<result<void>> bits_upload::find_session() {
    continued_ = true;
    target_ = place_.host.empty() ? place_.where : *at_bits_host(place_.where, place_.host);
    auto question = fragment_head(byte_range{0, 0});
    auto got = co_await post(std::move(question));
    if (!got) co_return std::move(got.error());
    const auto ack = read_bits_ack(got->head.fields);
    const int status = got->head.status;
    const bool odd = status == 400 || status == 411 || status == 416 || status == 500;
    if (ack.lost_session() || (!got->succeeded() && !odd))
        co_return bits_refusal(*got, client_.time().wall());
    if (got->succeeded() && !ack.is_ack) co_return malformed(*got, "no Ack to a Fragment");
    next_is_known_ = ack.is_ack && ack.next;
    if (!next_is_known_) co_return result<void>();
    auto heeded = heed(*got, {});
    offset_ = next_;
    co_return heeded;
}

}  // namespace ferry::http
