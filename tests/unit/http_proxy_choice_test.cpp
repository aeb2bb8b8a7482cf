#include <ferry/http/proxy/address.hpp>
#include <ferry/http/proxy/choice.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::http_proxy_choice_test {

namespace http = ferry::http;

namespace {

using names = std::vector<std::string>;

/// The candidates for a URL, "direct" for none.
names chosen(const std::string& to, const proxy_options& from, const names& found = {}) {
    const auto all = http::choose_proxies(ferry::parse_url(to).value(), from, found);
    REQUIRE_MESSAGE(all.has_value(), all.error().detail);
    names shown;
    for (const auto& one : *all) shown.push_back(one ? to_string(*one) : "direct");
    return shown;
}

ferry::failure refusal(const std::string& to, const proxy_options& from) {
    const auto all = http::choose_proxies(ferry::parse_url(to).value(), from);
    REQUIRE_FALSE(all.has_value());
    return all.error();
}

proxy_options listed(names list) {
    proxy_options from;
    from.usage = proxy_usage::listed;
    from.list = std::move(list);
    return from;
}

}  // namespace

TEST_CASE("http proxy choice: without anything set, servers are reached directly") {
    CHECK(chosen("http://a/", {}) == names{"direct"});
}

TEST_CASE("http proxy choice: each scheme has its variable, and all_proxy helps out") {
    proxy_options from;
    from.environment.http = "one:1";
    from.environment.all = "socks5://all:3";
    CHECK(chosen("http://a/", from) == names{"http://one:1"});
    CHECK(chosen("https://a/", from) == names{"socks5://all:3"});
    from.environment.https = "two:2";
    CHECK(chosen("https://a/", from) == names{"http://two:2"});
    from.environment.none = "b, .corp";
    CHECK(chosen("https://a.b/", from) == names{"direct"});
    CHECK(chosen("https://a.corp/", from) == names{"direct"});
    CHECK(chosen("https://a/", from) == names{"http://two:2"});
    from.bypass = {"a"};
    CHECK(chosen("https://a/", from) == names{"direct"});
    from.usage = proxy_usage::none;
    from.bypass.clear();
    CHECK(chosen("http://a/", from) == names{"direct"});
}

TEST_CASE("http proxy choice: a list is tried in order, as far as it is for the URL") {
    auto from = listed({"http=one:1", "two:2", "https=three:3", "socks5h://four"});
    CHECK(
        chosen("http://a/", from) == names{"http://one:1", "http://two:2", "socks5h://four:1080"});
    CHECK(
        chosen("https://a/", from) ==
        names{"http://two:2", "http://three:3", "socks5h://four:1080"});
    CHECK(chosen("https://a/", listed({"ftp=one:1"})) == names{"direct"});
    from.bypass = {"<local>"};
    CHECK(chosen("http://a/", from) == names{"direct"});
    CHECK(chosen("http://a.b/", from).size() == 3);
    from.environment.none = "*";  // counts with the system's proxies alone
    CHECK(chosen("http://a.b/", from).size() == 3);
}

TEST_CASE("http proxy choice: who we are comes from the option, else from the address") {
    auto from = listed({"user:sesame@one:1", "two:2"});
    from.who.schemes = {ferry::auth_scheme::digest};
    auto all = http::choose_proxies(ferry::parse_url("http://a/").value(), from).value();
    CHECK(all[0]->who.user == "user");
    CHECK(all[0]->who.password == secret("sesame"));
    CHECK(all[0]->who.schemes == from.who.schemes);
    CHECK(all[1]->who.user.empty());
    from.who.user = "other";
    all = http::choose_proxies(ferry::parse_url("http://a/").value(), from).value();
    CHECK(all[0]->who == from.who);
    CHECK(all[1]->who == from.who);
}

TEST_CASE("http proxy choice: what is wrong names where it came from, and no password") {
    proxy_options from;
    from.environment.http = "http://user:sesame@host:99999";
    auto why = refusal("http://a/", from);
    CHECK(why.code == errc::bad_argument);
    CHECK(why.detail.starts_with("http_proxy: "));
    CHECK(why.detail.find("sesame") == std::string::npos);
    CHECK(chosen("https://a/", from) == names{"direct"});  // an error of that use only

    from.environment.https = from.environment.http;
    CHECK(refusal("https://a/", from).detail.starts_with("https_proxy: "));
    from.environment = {.http = {}, .https = {}, .all = "socks4://p", .none = "b"};
    CHECK(refusal("https://a/", from).detail.starts_with("all_proxy: "));
    CHECK(chosen("https://b/", from) == names{"direct"});

    CHECK(refusal("http://a/", listed({"p", "q:x"})).detail.starts_with("--proxy-list: "));
    CHECK(refusal("http://a/", listed({})).code == errc::bad_argument);
    auto typing = listed({"p"});
    typing.bypass = {"10.0.0.0/33"};
    CHECK(refusal("http://a/", typing).detail.starts_with("--proxy-bypass 10.0.0.0/33: "));
}

TEST_CASE("http proxy choice: what the network says is taken in its order") {
    proxy_options from;
    from.usage = proxy_usage::automatic;
    CHECK(
        chosen("http://a/", from, {"http://one:1", "socks://two:2", "direct://"}) ==
        names{"http://one:1", "socks5h://two:2", "direct"});
    CHECK(chosen("http://a/", from) == names{"direct"});
    const auto here = ferry::parse_url("http://a/").value();
    CHECK(http::needs_discovery(here, from));
    from.bypass = {"a"};
    CHECK_FALSE(http::needs_discovery(here, from));
    CHECK_FALSE(http::needs_discovery(here, {}));
}

}  // namespace ferry::test::http_proxy_choice_test
