#pragma once

#include <ferry/error.hpp>

#include <boost/json/object.hpp>

#include <string_view>

namespace ferry::cli {

/// What went wrong with a request (JSON-RPC 2.0, 5.1).
enum class request_error {
    no_json = -32700,
    no_request = -32600,
    no_such_method = -32601,
    bad_parameters = -32602,
    failed = -32000,  ///< the request is good, what it asked for could not be done
};

/// The "error" of a reply. Its "data" holds all that from_error() needs.
boost::json::object to_error(const failure& why);
boost::json::object to_error(request_error code, std::string_view message);

/// The failure that the daemon reports. A code of a category that is unknown here, or a reply that
/// makes no sense, is errc::malformed.
failure from_error(const boost::json::object& error);

}  // namespace ferry::cli
