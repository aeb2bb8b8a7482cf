#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {
namespace detail {

/// The application behind the server has five minutes for what it does with the whole.
inline constexpr std::chrono::milliseconds time_for_the_last_ack = std::chrono::minutes(6);

inline std::shared_ptr<const access_options> patient_access(const access_options& access) {
    auto patient = access;
    patient.reply_timeout = std::max(patient.reply_timeout, time_for_the_last_ack);
    return std::make_shared<const access_options>(std::move(patient));
}

/// Nobody has answered: not the server, and no proxy for it.
inline bool is_out_of_reach(const failure& why) {
    return why.http_status == 0 && is_transient(why.code) && why.code != errc::session_lost;
}

}  // namespace detail

inline request bits_upload::packet(bits_packet kind) const {
    request to;
    to.method = "BITS_POST";
    to.what = target_;
    to.own_origin = target_.origin() == what_.what.origin();
    to.downgraded = what_.what.scheme == "https" && target_.scheme == "http";
    to.fields.push_back("BITS-Packet-Type: " + std::string(to_string(kind)));
    if (!place_.id.empty()) to.fields.push_back("BITS-Session-Id: " + place_.id);
    to.content = request_content{};  // each has a Content-Length
    to.repeatable = kind != bits_packet::create_session;
    to.access = what_.access;
    return to;
}

/// A fragment without its content.
inline request bits_upload::fragment_head(byte_range part) const {
    auto to = packet(bits_packet::fragment);
    to.fields.push_back("Content-Range: " + fragment_range(part, what_.size));
    if (part.first == 0 && (!part.empty() || what_.size == 0))
        to.fields.push_back("Content-Name: " + content_name(what_.name));
    return to;
}

inline request bits_upload::fragment(content& from, byte_range part) const {
    auto to = fragment_head(part);
    to.content = request_content{&from, part.first, part.size()};
    to.content->ask_first = asks_first_ && part.size() >= worth_asking;
    to.content->stall_timeout = what_.stall_timeout;
    if (part.end == what_.size) to.access = detail::patient_access(*what_.access);
    return to;
}

/// Sends a packet, and watches whether the session's own host can be reached.
inline awaitable<result<answer>> bits_upload::post(request what) {
    const bool asks_first = what.content && what.content->ask_first;
    auto fetched = co_await client_.fetch(std::move(what));
    if (!fetched && !place_.host.empty() && detail::is_out_of_reach(fetched.error())) {
        const auto now = client_.time().now();
        const auto silent = contacts_.failed(token_, now);
        const bool for_ever = place_.fallback == detail::never;
        if (!for_ever && silent >= std::chrono::seconds(place_.fallback)) {
            contacts_.made(token_);
            fetched.error().code = errc::session_lost;  // back to the first host
        }
    }
    if (!fetched) co_return std::move(fetched.error());
    contacts_.made(token_);
    auto& reply = **fetched;
    if (asks_first) asks_first_ = reply.reply.has_interim_reply();  // else it costs a second each
    co_await client_.discard(reply);
    answer got;
    got.asked = std::move(reply.asked);
    got.head = std::move(reply.reply.head());
    co_return got;
}

inline bool bits_upload::has_all() const noexcept {
    return complete_ && (!what_.wants_reply || !reply_.scheme.empty());
}

inline awaitable<result<void>> bits_upload::send(content& from) {
    auto sending = send_all(from);
    return caught(std::move(sending));
}

inline awaitable<result<void>> bits_upload::send_all(content& from) {
    while (!has_all()) {
        auto sent = co_await send_next(from);
        if (!sent) co_return sent;
    }
    co_return result<void>();
}

/// The first byte asks for the offset, the last one again for the reply's URL: a server takes a
/// part that it has already, or says which one it wants instead (MC-BUP 3.2.5.2.6).
inline byte_range bits_upload::next_part() const noexcept {
    const auto size = what_.size;
    if (!next_is_known_) return {0, std::min<std::uint64_t>(size, 1)};
    if (complete_) return {size - std::min<std::uint64_t>(size, 1), size};
    return {next_, next_ + sizes_.next(size - next_)};
}

inline awaitable<result<void>> bits_upload::send_next(content& from) {
    const auto part = next_part();
    if (part.end == what_.size) {
        auto same = co_await from.unchanged();
        if (!same) co_return same;
    }
    auto to = fragment(from, part);
    const auto began = client_.time().now();
    auto got = co_await post(std::move(to));
    if (!got) co_return std::move(got.error());
    const auto ack = read_bits_ack(got->head.fields);
    const int status = got->head.status;
    if (status == 413 && ack.error != bits_error::too_large)
        co_return sizes_.too_large(part.size()) ? result<void>() : too_large(*got, part.size());
    const bool out_of_step = status == 416 && !ack.lost_session();
    if (!got->succeeded() && !out_of_step) co_return bits_refusal(*got, client_.time().wall());
    if (got->succeeded()) sizes_.taken(part.size(), client_.time().now() - began);
    co_return heed(*got, part);
}

/// Goes on where the server wants, whatever we think it has.
inline result<void> bits_upload::heed(const answer& got, byte_range part) {
    static constexpr unsigned most_setbacks = 16;
    const auto ack = read_bits_ack(got.head.fields);
    if (!ack.is_ack) return malformed(got, "no Ack to a Fragment");
    if (!ack.session_id.empty() && !equal_ignoring_case(ack.session_id, place_.id))
        return malformed(got, "an Ack of another session");
    if (!ack.next) return malformed(got, "no BITS-Received-Content-Range");
    if (*ack.next > what_.size)
        return failure{
            errc::session_lost, title(got.asked) + ": the server has more bytes than there are",
            error_context::remote_file};
    const bool asked_only = !next_is_known_ || complete_;
    if (!part.empty() && !asked_only && *ack.next <= part.first && ++setbacks_ > most_setbacks)
        return malformed(got, "the server wants the same bytes over and over");
    next_ = *ack.next;
    next_is_known_ = true;
    complete_ = next_ == what_.size;
    return complete_ ? note_reply(got, ack.reply_url) : result<void>();
}

inline result<void> bits_upload::note_reply(const answer& got, const std::string& reference) {
    if (!what_.wants_reply) return {};
    if (reference.empty()) {
        // The question does not bring it; the last fragment once more does, unless it is gone.
        const bool last_chance = !got.asked.content || got.asked.content->size > 0;
        if (!last_chance && what_.size > 0) return {};
        if (!continued_) return malformed(got, "no BITS-Reply-URL, although a reply is wanted");
        return failure{
            errc::session_lost, title(got.asked) + ": the server no longer knows its reply",
            error_context::remote_file};
    }
    auto where = resolve(got.asked.what, reference);
    if (!where || (where->scheme != "http" && where->scheme != "https") || where->host.empty())
        return malformed(got, "BITS-Reply-URL is no URL: " + printable(reference));
    const bool downgrade = what_.what.scheme == "https" && where->scheme == "http";
    if (downgrade && !what_.access->allow_downgrade)
        return failure{
            errc::redirect_refused,
            title(got.asked) + ": the reply is at unprotected http: " + to_string(*where),
            error_context::remote_file};
    where->user_info.clear();  // a server does not choose our credentials
    reply_ = std::move(*where);
    return {};
}

inline failure bits_upload::too_large(const answer& got, std::uint64_t size) {
    return detail::reply_failure(
        errc::refused, got.asked, got.head,
        "not even " + std::to_string(size) + " bytes at a time");
}

inline failure bits_upload::malformed(const answer& got, std::string_view why) {
    return detail::reply_failure(errc::malformed, got.asked, got.head, why);
}

}  // namespace ferry::http
