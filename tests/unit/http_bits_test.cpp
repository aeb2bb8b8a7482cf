#include <ferry/http/upload/bits_packets.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test::http_bits_test {

namespace http = ferry::http;
using namespace std::chrono_literals;

namespace {

http::field_list fields(const std::vector<std::pair<std::string, std::string>>& all) {
    http::field_list list;
    for (const auto& [name, value] : all) {
        list.begin();
        list.append_name(name);
        list.append_value(value);
    }
    return list;
}

http::answer replied(int status, const std::vector<std::pair<std::string, std::string>>& all) {
    http::answer got;
    got.asked.method = "BITS_POST";
    got.asked.what = ferry::parse_url("http://h/f").value();
    got.asked.access = std::make_shared<const ferry::access_options>();
    got.head.status = status;
    got.head.fields = fields(all);
    return got;
}

ferry::failure refusal(int status, std::vector<std::pair<std::string, std::string>> all = {}) {
    return http::bits_refusal(replied(status, all), {});
}

}  // namespace

TEST_CASE("bits: an Ack says who asks, what comes next, where, and for how long") {
    const auto ack = http::read_bits_ack(fields(
        {{"bits-packet-type", "ACK"},
         {"BITS-Session-Id", "{S}"},
         {"BITS-Protocol", "{P}"},
         {"BITS-Host-Id", "farm7"},
         {"BITS-Host-Id-Fallback-Timeout", "86400"},
         {"BITS-Received-Content-Range", "1500"},
         {"BITS-Reply-URL", "/r"}}));
    CHECK(ack.is_ack);
    CHECK(ack.session_id == "{S}");
    CHECK(ack.protocol == "{P}");
    CHECK(ack.host == "farm7");
    CHECK(ack.fallback == 86'400);
    CHECK(ack.next == 1'500);
    CHECK(ack.reply_url == "/r");
    CHECK(ack.error == 0);
}

TEST_CASE("bits: what an Ack does not say, or says wrongly, is none") {
    const auto nothing = http::read_bits_ack(fields({}));
    CHECK_FALSE(nothing.is_ack);
    CHECK_FALSE(nothing.next);
    CHECK(nothing.fallback == 0xFFFFFFFF);
    for (const auto* text : {"", "-1", "0-99", "12a", "99999999999999999999", "0x10"}) {
        CAPTURE(text);
        CHECK_FALSE(http::read_bits_ack(fields({{"BITS-Received-Content-Range", text}})).next);
    }
    CHECK_FALSE(http::read_bits_ack(fields({{"BITS-Packet-Type", "Ping"}})).is_ack);
    const auto endless = [](const char* text) {
        return http::read_bits_ack(fields({{"BITS-Host-Id-Fallback-Timeout", text}})).fallback;
    };
    CHECK(endless("soon") == 0xFFFFFFFF);
    CHECK(endless("0xFFFFFFFF") == 0xFFFFFFFF);
    CHECK(endless("4294967296") == 0xFFFFFFFF);
    CHECK(endless("0") == 0);
}

TEST_CASE("bits: an error has two names and several spellings") {
    for (const auto* name : {"BITS-Error-Code", "BITS-Error", "bits-error-code"})
        for (const auto* text : {"0x8020001F", "0x8020001f", "x8020001F", "8020001F"}) {
            CAPTURE(name);
            CAPTURE(text);
            const auto ack = http::read_bits_ack(fields({{name, text}}));
            CHECK(ack.error == 0x8020001F);
            CHECK(ack.lost_session());
        }
    CHECK(http::read_bits_ack(fields({{"BITS-Error-Code", "trouble"}})).error == 0);
    const auto both =
        http::read_bits_ack(fields({{"BITS-Error", "0x80200020"}, {"BITS-Error-Context", "0x7"}}));
    CHECK(both.error == 0x80200020);
    CHECK(both.error_context == 7);
}

TEST_CASE("bits: what a refusal means depends on status, error and who is to blame") {
    CHECK(refusal(500).code == errc::overloaded);
    CHECK(refusal(500, {{"BITS-Error-Code", "0x8020001F"}}).code == errc::session_lost);
    CHECK(refusal(404, {{"BITS-Error", "0x8020001F"}}).code == errc::session_lost);
    CHECK(refusal(500, {{"BITS-Error-Code", "0x80200020"}}).code == errc::refused);
    CHECK(refusal(400, {{"BITS-Error-Code", "0x80070057"}}).code == errc::refused);
    CHECK(refusal(501, {{"BITS-Error-Code", "0x80070005"}}).code == errc::refused);
    CHECK(refusal(403, {{"BITS-Error-Code", "0x80070005"}}).code == errc::unauthorized);
    CHECK(refusal(404).code == errc::not_found);
    CHECK(refusal(409).code == errc::exists);
    CHECK(refusal(409, {{"BITS-Error-Context", "0x7"}}).code == errc::overloaded);
    CHECK(refusal(503, {{"BITS-Error-Context", "0x7"}}).code == errc::overloaded);
    CHECK(refusal(501).code == errc::refused);
    CHECK(refusal(503, {{"Retry-After", "7"}}).retry_after == 7s);
}

TEST_CASE("bits: a refusal tells number and culprit, and not the session") {
    const auto why = refusal(
        500, {{"BITS-Error-Code", "0x80070070"},
              {"BITS-Error-Context", "0x7"},
              {"BITS-Session-Id", "{SECRET}"}});
    CHECK(why.http_status == 500);
    CHECK(why.detail.find("0x80070070") != std::string::npos);
    CHECK(why.detail.find("application") != std::string::npos);
    CHECK(why.detail.find("SECRET") == std::string::npos);
    CHECK(
        refusal(501, {{"BITS-Error-Code", "0x80070005"}}).detail.find("not enabled") !=
        std::string::npos);
}

TEST_CASE("bits: a token brings back the place that it was made of") {
    http::bits_place place;
    place.where = ferry::parse_url("https://h:8443/in/a%20b?q=1").value();
    place.id = "{a b/c%}";
    CHECK(http::is_bits_token(http::bits_token(place)));
    CHECK(http::parse_bits_token(http::bits_token(place)) == place);
    place.host = "[2001:db8::1]:81";
    place.fallback = 60;
    CHECK(http::parse_bits_token(http::bits_token(place)) == place);
}

TEST_CASE("bits: what is no token is none") {
    for (const auto* text :
         {"", "bits", "bits ", "bits http://h/f", "bits http://h/f ", "bits file:///f id",
          "bits nothing id", "put http://h/f", "bits http://h/f a%0D%0Ab",
          "bits http://h/f id a%2Fb 5"}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_bits_token(text));
    }
}

TEST_CASE("bits: a host id is a host, with or without a port, and nothing else") {
    const auto from = ferry::parse_url("http://h:81/f?q").value();
    const auto moved = [&](const char* host) {
        const auto there = http::at_bits_host(from, host);
        return there ? to_string(*there) : "none";
    };
    CHECK(moved("farm7.example") == "http://farm7.example:81/f?q");
    CHECK(moved("FARM7:82") == "http://farm7:82/f?q");
    CHECK(moved("farm7:80") == "http://farm7/f?q");
    CHECK(moved("10.0.0.7") == "http://10.0.0.7:81/f?q");
    CHECK(moved("2001:db8::7") == "http://[2001:db8::7]:81/f?q");
    CHECK(moved("[2001:db8::7]") == "http://[2001:db8::7]:81/f?q");
    CHECK(moved("[2001:db8::7]:82") == "http://[2001:db8::7]:82/f?q");
    for (const auto* bad : {"", "a/b", "a@b", "http://a", "a b", "a?b", "a#b", "a:b:c"})
        CHECK(moved(bad) == "none");
}

TEST_CASE("bits: the range of a fragment names its last byte; an empty one names none") {
    CHECK(http::fragment_range({0, 1'000}, 1'500) == "bytes 0-999/1500");
    CHECK(http::fragment_range({1'499, 1'500}, 1'500) == "bytes 1499-1499/1500");
    CHECK(http::fragment_range({0, 0}, 1'500) == "bytes */1500");
    CHECK(http::fragment_range({0, 0}, 0) == "bytes */0");
}

TEST_CASE("bits: a name goes without what the protocol forbids") {
    CHECK(http::content_name("report 1.txt") == "report 1.txt");
    CHECK(http::content_name("a\\b/c:d*e?f\"g<h>i|j") == "a_b_c_d_e_f_g_h_i_j");
    CHECK(http::content_name("a\r\nB: c") == "a__B_ c");
    CHECK(http::content_name("na\xc3\xafve") == "na__ve");
    CHECK(http::content_name(std::string(300, 'x')).size() == 260);
}

TEST_CASE("bits: fragments grow while they go quickly, and never beyond the limit") {
    http::fragment_sizes sizes;
    const auto whole = std::uint64_t(1) << 40;
    auto last = sizes.next(whole);
    CHECK(last == http::fragment_sizes::first);
    for (int i = 0; i < 10; ++i) {
        sizes.taken(last, 1s);
        CHECK(sizes.next(whole) >= last);
        last = sizes.next(whole);
    }
    CHECK(last == http::fragment_sizes::most);
    CHECK(sizes.next(17) == 17);
    sizes.taken(17, 1s);  // the rest of a file tells nothing
    sizes.taken(last, 61s);
    CHECK(sizes.next(whole) == last / 2);
    sizes.taken(last / 2, 30s);
    CHECK(sizes.next(whole) == last / 2);
    for (int i = 0; i < 100; ++i) sizes.taken(sizes.next(whole), 61s);
    CHECK(sizes.next(whole) == http::fragment_sizes::least);
}

TEST_CASE("bits: a fragment that was too large is halved, for good, down to the least") {
    http::fragment_sizes sizes;
    const auto whole = std::uint64_t(1) << 40;
    CHECK(sizes.too_large(1'000'000));
    CHECK(sizes.next(whole) == 500'000);
    sizes.taken(500'000, 0s);
    CHECK(sizes.next(whole) == 500'000);
    unsigned halved = 0;
    while (sizes.too_large(sizes.next(whole)) && halved < 100) ++halved;
    CHECK(halved < 10);
    CHECK(sizes.next(whole) == http::fragment_sizes::least);
    CHECK_FALSE(sizes.too_large(3));
}

TEST_CASE("bits: a host is missed since the first failure after the last contact") {
    http::bits_contacts contacts;
    const auto at = [](int seconds) { return ferry::clock::time_point(seconds * 1s); };
    CHECK(contacts.failed("a", at(10)) == 0s);
    CHECK(contacts.failed("b", at(12)) == 0s);
    CHECK(contacts.failed("a", at(15)) == 5s);
    contacts.made("a");
    CHECK(contacts.failed("a", at(20)) == 0s);
    CHECK(contacts.failed("b", at(20)) == 8s);
}

}  // namespace ferry::test::http_bits_test
