#pragma once

#include <ferry/http/message.hpp>
#include <ferry/http/request.hpp>

#include <chrono>

namespace ferry::http {

using wall_time = std::chrono::system_clock::time_point;

/// What a reply to GET or HEAD says about the object, and which of its bytes the body holds.
struct meaning {
    object_info info;
    byte_range range;
};

/// Decides what a final reply means; never a redirect (see redirect.hpp). Whatever is no 200, 203,
/// 206, nor a 416 that knows the size, is a failure with http_status and context remote_file.
result<meaning> understand(const request& asked, const response_head& reply, wall_time now);

/// The failure that a status means: errc::unauthorized, ::not_found, ::overloaded with retry_after,
/// or ::refused.
failure status_failure(const request& asked, const response_head& reply, wall_time now);

/// "GET http://h/f: 503 Service Unavailable"
std::string title(const request& asked, const response_head& reply);

}  // namespace ferry::http

#include <ferry/http/impl/reply.ipp>
