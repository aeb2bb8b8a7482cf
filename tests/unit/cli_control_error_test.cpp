#include "cli/control/control_error.hpp"

#include <ferry/detail/json_text.hpp>

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <system_error>

namespace ferry::test::cli_control_error_test {

using namespace ferry::cli;
namespace json = boost::json;

TEST_CASE("control error: what the daemon reports is what the client gets") {
    const failure all[] = {
        {errc::no_such_job, "'x': no such job"},
        {errc::bad_argument, ""},
        {errc::refused, "GET http://h/f: status 418", error_context::remote_file, 418},
        file_failure(ENOSPC, "/d/f"),
        {std::error_code(ECONNREFUSED, std::system_category()), "h:80", error_context::transport},
    };
    for (const auto& why : all) {
        const auto sent = to_error(why);
        CHECK(std::string(sent.at("message").as_string()) == describe(why));
        CHECK(sent.at("code") == (why.code == errc::bad_argument ? -32602 : -32000));
        const auto got = from_error(sent);
        CHECK(got.code == why.code);
        CHECK(got.detail == why.detail);
        CHECK(got.context == why.context);
        CHECK(got.http_status == why.http_status);
    }
}

TEST_CASE("control error: bytes that are no UTF-8 do not break the document") {
    const failure why{errc::busy, "/caf\xe9"};
    CHECK(from_error(to_error(why)).detail == "/caf\xef\xbf\xbd");
}

TEST_CASE("control error: a request that was no good has a code for each reason") {
    using enum request_error;
    CHECK(to_error(no_request, "why").at("code") == -32600);
    CHECK(from_error(to_error(no_request, "why")).code == errc::malformed);
    CHECK(from_error(to_error(no_such_method, "why")).code == errc::unsupported);
    CHECK(from_error(to_error(bad_parameters, "why")).code == errc::bad_argument);
    CHECK(from_error(to_error(bad_parameters, "why")).detail == "why");
}

TEST_CASE("control error: a report that makes no sense is a failure all the same") {
    for (const auto* text :
         {"{}", R"({"code":"x","message":1})", R"({"data":1})", R"({"data":{}})",
          R"({"data":{"cause":["ferry",0],"context":"none","http_status":null}})",
          R"({"data":{"cause":["martian",1],"context":"none","http_status":null}})",
          R"({"code":18446744073709551615,"message":"m"})"}) {
        INFO(text);
        CHECK(from_error(json::parse(text).as_object()).code == errc::malformed);
    }
}

}  // namespace ferry::test::cli_control_error_test
