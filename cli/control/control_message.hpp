#pragma once

#include "cli/control/control_error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

/// What a client asks for, in one line (JSON-RPC 2.0, 4).
struct control_request {
    boost::json::value id = {};
    bool wants_reply = true;  ///< false: a notification, without an id
    std::string method = {};
    boost::json::object parameters = {};
    boost::json::object error = {};  ///< not empty: it is no request, and this is what to reply
};

/// Takes parameters by name only, and no batches.
control_request parse_request(std::string_view line);

/// The name of the event that tells that the daemon ends on purpose: who misses it then is not to
/// start another one.
inline constexpr std::string_view daemon_stopping = "daemon.stopping";

// Lines for clients, each with its newline.

std::string reply_line(const boost::json::value& id, boost::json::object result);
std::string refusal_line(const boost::json::value& id, boost::json::object error);
std::string event_line(boost::json::object event);

}  // namespace ferry::cli
