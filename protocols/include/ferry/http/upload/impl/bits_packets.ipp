#pragma once

#include <charconv>
#include <utility>

namespace ferry::http {
namespace detail {

inline constexpr std::string_view bits_token_start = "bits ";
inline constexpr std::uint32_t never = 0xFFFFFFFF;

inline std::optional<std::uint32_t> parse_unsigned(std::string_view digits, int base) {
    std::uint32_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

/// "0x8020001F", and as MC-BUP prints it, "x8020001F"; 0 if it is neither.
inline std::uint32_t parse_hresult(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(1);
    if (text.starts_with('x') || text.starts_with('X')) text.remove_prefix(1);
    return parse_unsigned(text, 16).value_or(0);
}

inline std::uint32_t parse_fallback(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X"))
        return parse_unsigned(text.substr(2), 16).value_or(never);
    return parse_unsigned(text, 10).value_or(never);
}

inline std::string hex(std::uint32_t value) {
    char digits[8];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    return "0x" + std::string(digits, end);
}

/// What a person cannot tell from status and number alone.
inline std::string_view remark_on_bits(int status, const bits_ack& ack) noexcept {
    switch (ack.error) {
        case bits_error::session_not_found:
            return "";
        case bits_error::too_large:
            return " (the server takes no file, or no part of one, of that size)";
        case bits_error::access_denied:
            if (status == 501) return " (uploads are not enabled there)";
            return " (not allowed, or there is a file already and the server replaces none)";
        default:
            return ack.error_context == 7 ? "" : remark_on_upload(status);
    }
}

inline errc class_of_bits(const failure& by_status, const bits_ack& ack) {
    const int status = by_status.http_status;
    if (ack.lost_session()) return errc::session_lost;
    if (ack.error == bits_error::too_large || ack.error == bits_error::invalid_argument)
        return errc::refused;
    if (status == 409 && ack.error_context != 7) return errc::exists;
    if (status == 404 || status == 410) return errc::not_found;
    return static_cast<errc>(by_status.code.value());
}

}  // namespace detail

inline std::string_view to_string(bits_packet kind) noexcept {
    switch (kind) {
        case bits_packet::ping:
            return "Ping";
        case bits_packet::create_session:
            return "Create-Session";
        case bits_packet::fragment:
            return "Fragment";
        case bits_packet::close_session:
            return "Close-Session";
        case bits_packet::cancel_session:
            return "Cancel-Session";
    }
    return "";
}

inline bits_ack read_bits_ack(const field_list& fields) {
    const auto value = [&](std::string_view name) { return fields.find(name).value_or(""); };
    bits_ack ack;
    ack.is_ack = equal_ignoring_case(value("BITS-Packet-Type"), "Ack");
    ack.session_id = value("BITS-Session-Id");
    ack.protocol = value("BITS-Protocol");
    ack.host = value("BITS-Host-Id");
    ack.fallback = detail::parse_fallback(value("BITS-Host-Id-Fallback-Timeout"));
    ack.next = parse_number(value("BITS-Received-Content-Range"));
    ack.reply_url = value("BITS-Reply-URL");
    // Win32 documents the one name, MC-BUP the other.
    ack.error = detail::parse_hresult(value("BITS-Error-Code"));
    if (ack.error == 0) ack.error = detail::parse_hresult(value("BITS-Error"));
    ack.error_context = detail::parse_hresult(value("BITS-Error-Context"));
    return ack;
}

inline failure bits_refusal(const answer& got, wall_time now) {
    auto why = status_failure(got.asked, got.head, now);
    const auto ack = read_bits_ack(got.head.fields);
    const auto code = detail::class_of_bits(why, ack);
    if (code != errc::overloaded) why.retry_after = std::chrono::milliseconds(0);
    why.code = code;
    why.detail = title(got.asked, got.head);
    if (ack.error != 0) why.detail += ", BITS error " + detail::hex(ack.error);
    if (ack.error_context == 7) why.detail += " of the application behind the server";
    why.detail += detail::remark_on_bits(got.head.status, ack);
    return why;
}

inline std::string bits_token(const bits_place& place) {
    auto token = std::string(detail::bits_token_start) + to_string(place.where) + " " +
                 detail::encoded_segment(place.id);
    if (place.host.empty()) return token;
    return token + " " + detail::encoded_segment(place.host) + " " + std::to_string(place.fallback);
}

inline bool is_bits_token(std::string_view token) noexcept {
    return token.starts_with(detail::bits_token_start);
}

inline std::optional<bits_place> parse_bits_token(std::string_view token) {
    if (!is_bits_token(token)) return std::nullopt;
    token.remove_prefix(detail::bits_token_start.size());
    auto where = parse_url(take_until(token, ' '));
    if (!where || (where->scheme != "http" && where->scheme != "https")) return std::nullopt;
    bits_place place;
    place.where = std::move(*where);
    place.id = percent_decode(take_until(token, ' '));
    place.host = percent_decode(take_until(token, ' '));
    if (!place.host.empty()) place.fallback = detail::parse_fallback(token);
    if (place.id.empty() || detail::has_control_character(place.id)) return std::nullopt;
    if (!place.host.empty() && !at_bits_host(place.where, place.host)) return std::nullopt;
    return place;
}

inline std::optional<url> at_bits_host(const url& where, std::string_view host) {
    if (host.find_first_of("/\\?#@ ") != host.npos) return std::nullopt;
    const bool bare_address =
        !host.starts_with('[') && std::count(host.begin(), host.end(), ':') > 1;
    const auto named = bare_address ? "[" + std::string(host) + "]" : std::string(host);
    auto there = parse_url(where.scheme + "://" + named);
    if (!there) return std::nullopt;
    auto moved = where;
    moved.host = std::move(there->host);
    if (is_digit(named.back()) && named.find_first_of(":]") != named.npos) moved.port = there->port;
    return moved;
}

inline std::string fragment_range(const byte_range& part, std::uint64_t total) {
    const auto bytes = part.empty()
                           ? std::string("*")
                           : std::to_string(part.first) + "-" + std::to_string(part.end - 1);
    return "bytes " + bytes + "/" + std::to_string(total);
}

inline std::string content_name(std::string_view name) {
    static constexpr std::size_t longest = 260;
    std::string safe(name.substr(0, longest));
    for (char& c : safe)
        if (c < ' ' || c > '~' || std::string_view("\\/:*?\"<>|").find(c) != std::string_view::npos)
            c = '_';
    return safe;
}

inline void fragment_sizes::taken(std::uint64_t size, std::chrono::nanoseconds time) noexcept {
    static constexpr std::chrono::seconds quick{5};
    static constexpr std::chrono::seconds slow{60};
    if (time < quick && size >= size_) size_ = std::min(size_ * 2, limit_);
    if (time > slow) size_ = std::max(size_ / 2, least);
}

inline bool fragment_sizes::too_large(std::uint64_t size) noexcept {
    if (size <= least) return false;
    size_ = limit_ = std::max(size / 2, least);
    return true;
}

inline clock::duration bits_contacts::failed(const std::string& session, clock::time_point now) {
    static constexpr std::size_t most = 1024;  // whom we forget, gets its time anew
    if (since_.size() >= most && !since_.contains(session)) since_.clear();
    return now - since_.try_emplace(session, now).first->second;
}

}  // namespace ferry::http
