#include <ferry/http/upload/abilities.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace ferry::test::http_upload_abilities_test {

namespace http = ferry::http;

namespace {

http::upload_abilities able(
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    http::response_head head;
    for (const auto& [name, value] : fields) {
        head.fields.begin();
        head.fields.append_name(name);
        head.fields.append_value(value);
    }
    return http::abilities_of(head);
}

constexpr std::string_view apache = "<http://apache.org/dav/propset/fs/1>";

}  // namespace

TEST_CASE("upload abilities: nothing said, nothing able") {
    CHECK(able({}) == http::upload_abilities());
    CHECK(able({{"Allow", ""}, {"DAV", ""}, {"Tus-Version", ""}}) == http::upload_abilities());
    CHECK(able({{"Allow", "GET, PUT"}, {"DAV", "1,2"}}) == http::upload_abilities());
}

TEST_CASE("upload abilities: tus is spoken if 1.0.0 is among its versions") {
    CHECK(able({{"Tus-Version", "1.0.0"}}).tus);
    CHECK(able({{"tus-version", "2.0.0 , 1.0.0,0.2.2"}}).tus);
    CHECK(able({{"Tus-Version", "0.2.2"}, {"Tus-Version", "1.0.0"}}).tus);
    for (const auto* other : {"1.0.1", "11.0.0", "1.0", "0.2.2,2.0.0"})
        CHECK_FALSE(able({{"Tus-Version", other}}).tus);
}

TEST_CASE("upload abilities: BITS is spoken where BITS_POST is allowed, by either field") {
    CHECK(able({{"Allow", "GET,BITS_POST"}}).bits);
    CHECK(able({{"Public", "OPTIONS, BITS_POST"}}).bits);
    CHECK_FALSE(able({{"Allow", "GET, POST, BITS_POSTER"}}).bits);
}

TEST_CASE("upload abilities: only Apache's file system module splices, in any DAV field") {
    const auto both = able({{"DAV", "1,2"}, {"DAV", apache}, {"Allow", "PUT,MOVE"}});
    CHECK(both.splices);
    CHECK(both.moves);
    CHECK(able({{"DAV", "1, <http://apache.org/dav/propset/fs/1>"}}).splices);
    CHECK_FALSE(able({{"DAV", "1,2,3"}, {"Allow", "MOVE"}}).splices);
    CHECK_FALSE(able({{"DAV", apache}, {"Allow", "REMOVE, MOVED"}}).moves);
}

TEST_CASE("upload choice: what can be continued goes before what cannot") {
    const auto chosen = [](const http::upload_abilities& server, bool wants_reply = false) {
        ferry::upload_request what;
        what.wants_reply = wants_reply;
        return http::choose_upload(server, what);
    };
    CHECK(chosen({}) == upload_protocol::put);
    CHECK(chosen({.tus = true}) == upload_protocol::tus);
    CHECK(chosen({.bits = true}) == upload_protocol::bits);
    CHECK(chosen({.moves = true, .splices = true}) == upload_protocol::put);
    CHECK(chosen({.tus = true, .bits = true}) == upload_protocol::tus);
    CHECK(chosen({.bits = true, .moves = true, .splices = true}) == upload_protocol::put);
    CHECK(chosen({.tus = true}, true) == upload_protocol::bits);  // nothing else brings a reply
}

}  // namespace ferry::test::http_upload_abilities_test
