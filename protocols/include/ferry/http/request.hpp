#pragma once

#include <ferry/protocol.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::http {

/// The content of a request: part of what is uploaded.
struct request_content {
    content* from = nullptr;  ///< outlives the exchange; null only if `size` is 0
    std::uint64_t first = 0;  ///< where it begins in `from`
    std::uint64_t size = 0;   ///< bytes; goes into Content-Length
    bool ask_first = false;   ///< Expect: 100-continue (RFC 9110, 10.1.1)
    bool may_stop = false;    ///< a success before the last byte says itself how much was taken
    std::chrono::milliseconds stall_timeout{30'000};  ///< longest wait for the peer to take more
};

struct request {
    std::string_view method = "GET";  ///< of static life, or of `access`
    url what = {};
    bool ranged = false;  ///< ask for `range` only
    byte_range range = {};
    std::string if_match = {};                    ///< goes into If-Range; empty: none
    std::vector<std::string> fields = {};         ///< "Name: value" that this request needs
    std::optional<request_content> content = {};  ///< none: not even a Content-Length
    bool repeatable = false;  ///< as often as one likes, although its method is not idempotent
    std::shared_ptr<const access_options> access = {};  ///< never null
    bool own_origin = true;                ///< at the first URL's origin: custom headers go along
    bool redirected = false;               ///< it is where a redirect has led
    bool downgraded = false;               ///< a redirect led from https to http: tell no secrets
    bool without_certificate = false;      ///< the server has asked for ours, and there is none
    bool absolute_form = false;            ///< to a proxy that forwards it (RFC 9112, 3.2.2)
    std::string authorization = {};        ///< value of the field; empty: none
    std::string proxy_authorization = {};  ///< the same, for the proxy
};

/// The head as it goes over the wire (RFC 9112, 3), ending with the empty line.
/// Precondition: check(*to.access) succeeded.
std::string to_text(const request& to);

/// Could these options smuggle a header past us or break our own? errc::bad_argument.
result<void> check(const access_options& access);

/// The same for the URL of a source: credentials in it are errc::unsupported.
result<void> check(const url& what);

/// May it be sent again if nobody knows whether the server has seen it? (RFC 9110, 9.2.2)
bool may_be_repeated(const request& what) noexcept;

/// The method with which a redirect is followed (RFC 9110, 15.4).
std::string_view method_after(int status, std::string_view method) noexcept;

/// "GET http://host/file", for the details of failures.
std::string title(const request& what);

}  // namespace ferry::http

#include <ferry/http/impl/request.ipp>
