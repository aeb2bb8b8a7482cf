#pragma once

#include <ferry/http/message.hpp>
#include <ferry/http/request.hpp>

#include <span>

namespace ferry::http {

/// 301, 302, 303, 307, 308: the object is elsewhere (RFC 9110, 15.4).
bool is_redirect(int status) noexcept;

/// Decides where a redirect leads, fragment and all. From https to http only with
/// access_options::allow_downgrade, never to another scheme, never in circles:
/// errc::redirect_refused, or ::refused if there is no telling where to.
/// @param hops  The URLs asked so far, in order; asked.what is the last.
result<url> next_hop(const request& asked, const response_head& reply, std::span<const url> hops);

}  // namespace ferry::http

#include <ferry/http/impl/redirect.ipp>
