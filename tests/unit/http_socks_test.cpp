#include <ferry/http/proxy/socks.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <system_error>

namespace ferry::test::http_socks_test {

namespace http = ferry::http;
using namespace std::string_literals;

namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

ferry::credentials who(std::string user, std::string password) {
    ferry::credentials one;
    one.user = std::move(user);
    one.password = secret(std::move(password));
    return one;
}

}  // namespace

TEST_CASE("socks: a login is offered only if there is one that may go in the clear") {
    CHECK(http::socks_greeting({}) == "\x05\x01\x00"s);
    auto one = who("u", "p");
    CHECK(http::socks_greeting(one) == "\x05\x02\x00\x02"s);
    one.schemes = {ferry::auth_scheme::negotiate};
    CHECK(http::socks_greeting(one) == "\x05\x01\x00"s);
    one.schemes = {ferry::auth_scheme::basic};
    CHECK(http::socks_greeting(one) == "\x05\x02\x00\x02"s);
}

TEST_CASE("socks: the proxy chooses among what was offered") {
    const auto one = who("u", "p");
    CHECK_FALSE(http::socks_choice({}, one).value().has_value());
    CHECK_FALSE(http::socks_choice(bytes("\x05"), one).value().has_value());
    CHECK(http::socks_choice(bytes("\x05\x00"s), one).value() == http::socks_method::nothing);
    CHECK(http::socks_choice(bytes("\x05\x02"), one).value() == http::socks_method::password);
    CHECK(http::socks_choice(bytes("\x05\x02"), {}).error().code == errc::malformed);
    CHECK(http::socks_choice(bytes("\x05\x01"), one).error().code == errc::malformed);
    CHECK(http::socks_choice(bytes("HTTP"), one).error().code == errc::malformed);
    CHECK(http::socks_choice(bytes("\x04"), one).error().code == errc::malformed);
    for (const auto& anybody : {one, ferry::credentials()})
        CHECK(http::socks_choice(bytes("\x05\xff"), anybody).error().code == errc::unauthorized);
}

TEST_CASE("socks: user and password fit or are refused") {
    CHECK(http::socks_login(who("us", "pass")).value() == "\x01\x02us\x04pass");
    CHECK(http::socks_login(who(std::string(255, 'u'), "")).value().size() == 258);
    CHECK(http::socks_login(who(std::string(256, 'u'), "")).error().code == errc::unauthorized);
    CHECK(http::socks_login(who("u", std::string(256, 'p'))).error().code == errc::unauthorized);
    CHECK_FALSE(http::socks_login_accepted(bytes("\x01")).value());
    CHECK(http::socks_login_accepted(bytes("\x01\x00"s)).value());
    CHECK(http::socks_login_accepted(bytes("\x01\x01")).error().code == errc::unauthorized);
    CHECK(http::socks_login_accepted(bytes("\x05\x00"s)).error().code == errc::malformed);
}

TEST_CASE("socks: the order names the host, or one of its addresses") {
    const auto v4 = asio::ip::make_address("1.2.3.4");
    const auto v6 = asio::ip::make_address("::1");
    CHECK(http::socks_connect("h", 258, {}).value() == "\x05\x01\x00\x03\x01h\x01\x02"s);
    CHECK(http::socks_connect("h", 80, v4).value() == "\x05\x01\x00\x01\x01\x02\x03\x04\x00\x50"s);
    CHECK(http::socks_connect("h", 80, v6).value().size() == 22);
    CHECK(http::socks_connect(std::string(256, 'h'), 1, {}).error().code == errc::bad_argument);
}

TEST_CASE("socks: a reply is understood once it is whole, whatever address it bears") {
    const std::string replies[] = {
        "\x05\x00\x00\x01\x01\x02\x03\x04\x00\x50"s,
        "\x05\x00\x00\x03\x00\x00\x50"s,
        "\x05\x00\x00\x03\x03"s + "abc" + "\x00\x50"s,
        "\x05\x00\x00\x04"s + std::string(18, 'x'),
    };
    for (const auto& whole : replies) {
        CAPTURE(whole.size());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto part = http::socks_connected(bytes(whole.substr(0, size)));
            REQUIRE(part.has_value());
            CHECK_FALSE(part->has_value());
        }
        CHECK(http::socks_connected(bytes(whole)).value() == whole.size());
        CHECK(http::socks_connected(bytes(whole + "more")).value() == whole.size());
    }
}

TEST_CASE("socks: every refusal has a meaning and words") {
    const auto refused = [](int code) {
        std::string reply("\x05?", 2);
        reply[1] = static_cast<char>(code);
        const auto why = http::socks_connected(bytes(reply)).error();
        CHECK_FALSE(why.detail.empty());
        return why.code;
    };
    CHECK(refused(1) == errc::overloaded);
    CHECK(refused(2) == errc::refused);
    CHECK(refused(3) == std::errc::network_unreachable);
    CHECK(refused(4) == std::errc::host_unreachable);
    CHECK(refused(5) == std::errc::connection_refused);
    CHECK(refused(6) == std::errc::timed_out);
    CHECK(refused(7) == errc::unsupported);
    CHECK(refused(8) == errc::unsupported);
    for (int code = 9; code < 256; ++code) CHECK(refused(code) == errc::malformed);
    CHECK(http::socks_connected(bytes("HTTP/1.1 400")).error().code == errc::malformed);
    CHECK(http::socks_connected(bytes("\x05\x00\x00\x02"s)).error().code == errc::malformed);
}

}  // namespace ferry::test::http_socks_test
