#pragma once

#include <ferry/http/io.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ferry::http {
namespace detail {

inline constexpr unsigned char socks_version = 5;

inline unsigned octet(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<unsigned>(bytes[at]);
}

inline void append_octet(std::string& text, std::size_t value) {
    text.push_back(static_cast<char>(static_cast<unsigned char>(value)));
}

inline failure not_socks() {
    return {errc::malformed, "the proxy does not speak SOCKS 5", error_context::transport};
}

inline failure socks_refused(errc code, std::string why) {
    return {code, std::move(why), error_context::transport};
}

/// RFC 1928, 6: what is not in there is nobody's.
inline failure socks_error(unsigned code) {
    switch (code) {
        case 1:
            return socks_refused(errc::overloaded, "the proxy says: general failure");
        case 2:
            return socks_refused(errc::refused, "the proxy's rules do not allow it");
        case 3:
            return socket_failure(ENETUNREACH, "the proxy says: network unreachable");
        case 4:
            return socket_failure(EHOSTUNREACH, "the proxy says: host unreachable");
        case 5:
            return socket_failure(ECONNREFUSED, "the proxy says: connection refused");
        case 6:
            return socket_failure(ETIMEDOUT, "the proxy says: no answer in time (TTL expired)");
        case 7:
            return socks_refused(errc::unsupported, "the proxy knows no CONNECT");
        case 8:
            return socks_refused(
                errc::unsupported, "the proxy knows no such kind of address (IPv4, IPv6 or name)");
        default:
            return socks_refused(
                errc::malformed, "the proxy gives a reason that SOCKS 5 does not have (" +
                                     std::to_string(code) + ")");
    }
}

inline void append_address(std::string& text, const asio::ip::address& address) {
    const auto append_all = [&](const auto& bytes) {
        for (const auto one : bytes) append_octet(text, one);
    };
    append_octet(text, address.is_v4() ? 1 : 4);
    if (address.is_v4()) return append_all(address.to_v4().to_bytes());
    append_all(address.to_v6().to_bytes());
}

/// The size of the address in a reply, with its type; 0: not known yet; none: there is no such.
inline std::optional<std::size_t> socks_address_size(std::span<const std::byte> from) {
    if (from.empty()) return 0;
    switch (octet(from, 0)) {
        case 1:
            return 1 + 4;
        case 3:
            return from.size() < 2 ? 0 : 2 + octet(from, 1);
        case 4:
            return 1 + 16;
        default:
            return std::nullopt;
    }
}

}  // namespace detail

inline bool has_socks_login(const credentials& who) {
    const auto& only = who.schemes;
    const bool allowed =
        only.empty() || std::find(only.begin(), only.end(), auth_scheme::basic) != only.end();
    return allowed && (!who.user.empty() || who.password);
}

inline std::string socks_greeting(const credentials& who) {
    const bool login = has_socks_login(who);
    std::string text;
    detail::append_octet(text, detail::socks_version);
    detail::append_octet(text, login ? 2 : 1);
    detail::append_octet(text, 0);
    if (login) detail::append_octet(text, 2);
    return text;
}

inline result<std::optional<socks_method>> socks_choice(
    std::span<const std::byte> reply, const credentials& who) {
    if (!reply.empty() && detail::octet(reply, 0) != detail::socks_version)
        return detail::not_socks();
    if (reply.size() < 2) return std::optional<socks_method>();
    const bool login = has_socks_login(who);
    const auto choice = detail::octet(reply, 1);
    if (choice == 0) return std::optional(socks_method::nothing);
    if (choice == 2 && login) return std::optional(socks_method::password);
    if (choice == 255)
        return detail::socks_refused(
            errc::unauthorized,
            login ? "the proxy takes neither user and password nor nobody (it may want GSSAPI)"
                  : "the proxy wants to know who you are; give --proxy-credential USER");
    return detail::socks_refused(
        errc::malformed, "the proxy chose a way to log in that was not offered");
}

inline result<std::string> socks_login(const credentials& who) {
    static constexpr std::size_t most = 255;
    const secret known = who.password.value_or(secret());
    const auto password = known.reveal();
    if (who.user.size() > most || password.size() > most)
        return failure{
            errc::unauthorized, "SOCKS 5 has no room for a user or password above 255 bytes"};
    std::string text(1, '\x01');  // RFC 1929 counts its own versions
    detail::append_octet(text, who.user.size());
    text += who.user;
    detail::append_octet(text, password.size());
    return text.append(password);
}

inline result<bool> socks_login_accepted(std::span<const std::byte> reply) {
    if (!reply.empty() && detail::octet(reply, 0) != 1) return detail::not_socks();
    if (reply.size() < 2) return false;
    if (detail::octet(reply, 1) == 0) return true;
    return detail::socks_refused(
        errc::unauthorized, "the proxy did not accept user and password; check --proxy-credential");
}

inline result<std::string> socks_connect(
    const std::string& host, std::uint16_t port, const std::optional<asio::ip::address>& address) {
    std::string text{'\x05', '\x01', '\x00'};
    if (address) {
        detail::append_address(text, *address);
    } else {
        if (host.size() > 255)
            return failure{errc::bad_argument, "SOCKS 5 has no room for a name above 255 bytes"};
        detail::append_octet(text, 3);
        detail::append_octet(text, host.size());
        text += host;
    }
    detail::append_octet(text, port >> 8);
    detail::append_octet(text, port & 0xff);
    return text;
}

inline result<std::optional<std::size_t>> socks_connected(std::span<const std::byte> reply) {
    static constexpr std::size_t ahead = 3;  // version, reply, reserved
    if (!reply.empty() && detail::octet(reply, 0) != detail::socks_version)
        return detail::not_socks();
    // Some proxies send no address along with an error.
    if (reply.size() >= 2 && detail::octet(reply, 1) != 0)
        return detail::socks_error(detail::octet(reply, 1));
    if (reply.size() < ahead) return std::optional<std::size_t>();
    const auto address = detail::socks_address_size(reply.subspan(ahead));
    if (!address) return detail::not_socks();
    const auto whole = ahead + *address + 2;
    if (*address == 0 || reply.size() < whole) return std::optional<std::size_t>();
    return std::optional(whole);
}

}  // namespace ferry::http
