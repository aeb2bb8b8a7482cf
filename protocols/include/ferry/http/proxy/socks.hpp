#pragma once

#include <ferry/credentials.hpp>
#include <ferry/http/connection.hpp>
#include <ferry/result.hpp>

#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace ferry::http {

/// The messages of SOCKS 5 (RFC 1928; user and password: RFC 1929), as plain functions over bytes.
/// A reply is understood once it is there as a whole: "none" means that bytes are yet to come.

/// How the proxy wants to know who we are.
enum class socks_method : unsigned char { nothing = 0, password = 2 };

/// Is there a user or password, and may it be told as it stands (as Basic would)?
bool has_socks_login(const credentials& who);

/// The first message: what we could do. A password is offered, not yet sent.
std::string socks_greeting(const credentials& who);
/// Errors: errc::unauthorized: what it wants, and what to do; ::malformed.
result<std::optional<socks_method>> socks_choice(
    std::span<const std::byte> reply, const credentials& who);

/// Errors: errc::unauthorized: longer than 255 bytes.
result<std::string> socks_login(const credentials& who);
/// True: accepted. Errors: errc::unauthorized, ::malformed.
result<bool> socks_login_accepted(std::span<const std::byte> reply);

/// CONNECT. @param address  None: the proxy resolves the name.
/// Errors: errc::bad_argument: a name longer than 255 bytes.
result<std::string> socks_connect(
    const std::string& host, std::uint16_t port, const std::optional<asio::ip::address>& address);
/// How many bytes the reply took. Errors: what the proxy says became of it: network errors as if
/// we had tried ourselves, errc::refused, ::overloaded, ::unsupported; ::malformed.
result<std::optional<std::size_t>> socks_connected(std::span<const std::byte> reply);

}  // namespace ferry::http

#include <ferry/http/proxy/impl/socks.ipp>
