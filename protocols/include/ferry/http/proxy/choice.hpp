#pragma once

#include <ferry/access.hpp>
#include <ferry/http/connection.hpp>
#include <ferry/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ferry::http {

/// Ways to reach a server, to be tried in this order; none: directly. Never empty.
using proxy_candidates = std::vector<std::optional<proxy_server>>;

/// Which proxies lead to `to`: a pure function. A proxy is followed by the next one only when it
/// cannot be reached or says nothing, not when it answers (BITS: in order, until one answers).
///   system     http_proxy for http, https_proxy for https, each else all_proxy; not for what
///              no_proxy names. None set: directly.
///   none       directly
///   listed     those of the list that are for the URL's scheme; none is: directly
///   automatic  what `found` says
/// In all but `none`, what from.bypass names is reached directly. from.who, if it says who we are,
/// counts for each of them, else the user and password beside its address.
/// @param found  For proxy_usage::automatic: addresses as libproxy gives them, with "direct://".
/// Errors: errc::bad_argument, naming the variable or option but no password.
result<proxy_candidates> choose_proxies(
    const url& to, const proxy_options& from, const std::vector<std::string>& found = {});

/// Must the network be asked for the proxies? Not if the bypass list decides already.
bool needs_discovery(const url& to, const proxy_options& from);

/// Errors: errc::bad_argument for a list or exceptions that nothing can be done with. What the
/// environment says is looked at only when it is needed: it may be meant for others.
result<void> check(const proxy_options& from);

}  // namespace ferry::http

#include <ferry/http/proxy/impl/choice.ipp>
