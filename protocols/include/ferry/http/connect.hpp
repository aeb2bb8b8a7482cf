#pragma once

#include <ferry/clock.hpp>
#include <ferry/http/io.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ferry::http {

/// How long one address has for itself before the next one is tried as well (RFC 8305, 5).
inline constexpr std::chrono::milliseconds connection_attempt_delay{250};

/// The families in turn, beginning with the first one's; the order within each is kept (RFC 8305,
/// 4).
std::vector<asio::ip::tcp::endpoint> interleaved(std::vector<asio::ip::tcp::endpoint> addresses);

/// Of two failed attempts, the one that tells a person more: "refused" more than "unreachable".
const failure& more_telling(const failure& a, const failure& b);

/// The addresses of a host, or the one that it is. The name service cannot be interrupted: after a
/// cancellation its answer is awaited in the background, by nobody.
/// Errors: errc::name_not_resolved. Cancellation: terminal, at once.
[[nodiscard]] awaitable<result<std::vector<asio::ip::tcp::endpoint>>> resolve_host(
    asio::any_io_executor on, std::string host, std::uint16_t port);

/// Connects to the first address that answers; no time limit of its own. TCP_NODELAY is set.
/// @param receive_window  SO_RCVBUF; 0: the kernel's choice.
/// Errors: the most telling one of the attempts. Cancellation: terminal, at once.
[[nodiscard]] awaitable<result<asio::ip::tcp::socket>> connect_first(
    asio::any_io_executor on, clock& time, std::vector<asio::ip::tcp::endpoint> addresses,
    std::size_t receive_window);

}  // namespace ferry::http

#include <ferry/http/impl/connect.ipp>
