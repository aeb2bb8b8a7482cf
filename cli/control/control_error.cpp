#include "cli/control/control_error.hpp"

#include "cli/control/document.hpp"

#include <ferry/detail/json_text.hpp>
#include <ferry/job_json.hpp>

#include <boost/json/array.hpp>

#include <string>

namespace ferry::cli {
namespace {

namespace json = boost::json;

errc code_of(std::int64_t number) noexcept {
    switch (static_cast<request_error>(number)) {
        case request_error::no_such_method:
            return errc::unsupported;  // by an older daemon
        case request_error::bad_parameters:
            return errc::bad_argument;
        default:
            return errc::malformed;
    }
}

}  // namespace

json::object to_error(request_error code, std::string_view message) {
    json::object error;
    error["code"] = static_cast<int>(code);
    error["message"] = detail::valid_utf8(message);
    return error;
}

json::object to_error(const failure& why) {
    const bool request = why.code == errc::bad_argument;
    auto error =
        to_error(request ? request_error::bad_parameters : request_error::failed, describe(why));
    const auto cause = detail::storable(why.code);
    json::object data;
    data["cause"] = json::array{cause.category().name(), cause.value()};
    data["detail"] = detail::valid_utf8(why.detail);
    data["context"] = json::string(to_string(why.context));
    data["http_status"] = why.http_status == 0 ? json::value() : json::value(why.http_status);
    error["data"] = std::move(data);
    return error;
}

failure from_error(const json::object& error) {
    failure why;
    if (const auto* data = object_in(error, "data")) {
        detail::job_reader read(*data);
        read("cause", why.code);
        read("context", why.context);
        read("http_status", detail::or_null{why.http_status});
        why.detail = text_in(*data, "detail");
        if (read.wrong().empty() && why.code) return why;
    }
    const auto* number = error.if_contains("code");
    const auto code = code_of(number && number->is_int64() ? number->get_int64() : 0);
    return {code, std::string(text_in(error, "message"))};
}

}  // namespace ferry::cli
