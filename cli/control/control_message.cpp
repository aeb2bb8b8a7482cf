#include "cli/control/control_message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>
#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;

json::object message() {
    json::object out;
    out["jsonrpc"] = "2.0";
    return out;
}

std::string line_of(const json::object& message) { return json::serialize(message) + "\n"; }

control_request broken(request_error code, std::string_view why, json::value id = {}) {
    control_request request;
    request.id = std::move(id);
    request.error = to_error(code, why);
    return request;
}

/// 1e400 is read as infinity, which no reply could repeat.
bool may_be_id(const json::value& id) noexcept {
    if (id.is_double()) return std::isfinite(id.get_double());
    return id.is_string() || id.is_number() || id.is_null();
}

control_request read_request(json::object& from) {
    control_request request;
    const auto wrong = [&](request_error code, std::string_view why) {
        return broken(code, why, request.id);
    };
    if (const auto* id = from.if_contains("id"); !id)
        request.wants_reply = false;
    else if (!may_be_id(*id))
        return wrong(request_error::no_request, "id: neither a string nor a number");
    else
        request.id = *id;
    if (const auto* version = from.if_contains("jsonrpc"); !version || *version != "2.0")
        return wrong(request_error::no_request, "jsonrpc: not \"2.0\"");
    const auto* method = from.if_contains("method");
    if (!method || !method->is_string())
        return wrong(request_error::no_request, "method: missing, or no string");
    request.method.assign(method->get_string().begin(), method->get_string().end());
    auto* parameters = from.if_contains("params");
    if (!parameters) return request;
    if (parameters->is_object())
        request.parameters = std::move(parameters->get_object());
    else
        request.error = to_error(request_error::bad_parameters, "params: no object");
    return request;
}

}  // namespace

control_request parse_request(std::string_view line) {
    json::error_code error;
    auto parsed = json::parse({line.data(), line.size()}, error);
    if (error) return broken(request_error::no_json, error.message());
    if (parsed.is_array()) return broken(request_error::no_request, "batches are not supported");
    if (!parsed.is_object()) return broken(request_error::no_request, "no object");
    return read_request(parsed.get_object());
}

std::string reply_line(const json::value& id, json::object result) {
    auto out = message();
    out["id"] = id;
    out["result"] = std::move(result);
    return line_of(out);
}

std::string refusal_line(const json::value& id, json::object error) {
    auto out = message();
    out["id"] = id;
    out["error"] = std::move(error);
    return line_of(out);
}

std::string event_line(json::object event) {
    auto out = message();
    out["method"] = "event";
    out["params"] = std::move(event);
    return line_of(out);
}

}  // namespace ferry::cli
