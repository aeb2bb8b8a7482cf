// Which hop of a redirect hears which secret: from and to every scheme, host and port, downwards
// and upwards, directly and through a proxy (design: secrets and origins).
#include <support/cases.hpp>
#include <support/certificates.hpp>
#include <support/lying_server.hpp>
#include <support/real_proxies.hpp>
#include <support/upload_rig.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace ferry::test::redirect_matrix_test {
namespace {

const std::string ann = "Basic YW5uOnRvcCBzZWNyZXQ=";

/// Password, cookie and header of the server's, the proxy's password; also as Basic has them.
const char* const secrets[] = {"top secret", "YW5uOnRvcCBzZWNyZXQ=", "crumb",
                               "s3cret",     "open sesame",          "dXNlcjpvcGVuIHNlc2FtZQ=="};

struct origin {
    bool secure;
    const char* host;
    std::size_t server;  ///< of the two that speak this scheme: another one has another port

    bool operator==(const origin&) const = default;
};

const std::vector<origin> origins = [] {
    std::vector<origin> all;
    for (const bool secure : {false, true})
        for (const auto* host : {"127.0.0.1", "localhost"})
            for (const std::size_t server : {0, 1}) all.push_back({secure, host, server});
    return all;
}();

/// What somebody went through.
struct journey {
    std::error_code code;
    std::string why;
};

/// Two servers for each scheme, which ask who comes, and lead on whoever asks for /from.
struct crossing : uploader<ferry::system_clock> {
    certificate_authority authority{on.dir.path()};
    std::deque<lying_server> servers;  // two of http, two of https
    std::string goal;

    crossing() {
        const auto identity = authority.issue("server");
        for (int i = 0; i < 2; ++i) servers.emplace_back(on.io, remote_object{"hello"});
        for (int i = 0; i < 2; ++i) servers.emplace_back(on.io, remote_object{"hello"}, identity);
        for (auto& server : servers)
            server.decide = [this](const request& asked) { return answer(asked); };
        access->ca_file = authority.file().string();
        access->headers = {"X-Secret: s3cret", "Cookie: id=crumb"};
        access->who.user = "ann";
        access->who.password = secret("top secret");
        access->proxy.who.user = "user";
        access->proxy.who.password = secret("open sesame");
        access->proxy.usage = proxy_usage::none;
    }

    reply answer(const request& asked) const {
        if (field(asked, "Authorization") != ann)
            return {
                .status = "401 Unauthorized",
                .fields = {{"WWW-Authenticate", "Basic realm=\"here\""}},
                .body = "who are you?"};
        if (asked.target == "/from")
            return {.status = "307 There", .fields = {{"Location", goal}}, .body = "there"};
        if (asked.method == "PUT") return {.status = "201 Created", .body = ""};
        return {};
    }

    std::string url(const origin& at, std::string_view path) const {
        return servers.at((at.secure ? 2 : 0) + at.server).url(path, at.host);
    }

    journey travel(const origin& from, const origin& to, bool upwards) {
        for (auto& server : servers) server.requests.clear();
        goal = url(to, "/to");
        if (upwards) {
            made_content content("hello", made_content::given_by::read);
            const auto got = put(url(from, "/from"), content);
            return {got.code(), got.why()};
        }
        transfer_options options;
        options.access = access;
        options.retry.give_up = {};
        const auto got = on.get(url(from, "/from"), "f", std::move(options));
        std::filesystem::remove(on.dir / "f");
        return {got.code(), got.why()};
    }

    std::vector<request> asked_for(std::string_view target) const {
        std::vector<request> found;
        for (const auto& server : servers)
            std::copy_if(
                server.requests.begin(), server.requests.end(), std::back_inserter(found),
                [&](const auto& asked) { return asked.target == target; });
        return found;
    }
};

bool holds_secret(std::string_view text) {
    return std::any_of(std::begin(secrets), std::end(secrets), [&](const auto* one) {
        return text.find(one) != text.npos;
    });
}

void check_heard_nothing(const request& asked) {
    for (const auto& [name, value] : asked.fields) {
        CAPTURE(name);
        CHECK_FALSE(holds_secret(value));
    }
    CHECK(field(asked, "Authorization") == "");
    CHECK(field(asked, "X-Secret") == "");
    CHECK(field(asked, "Cookie") == "");
}

void check_heard_all(const request& asked) {
    CHECK(field(asked, "Authorization") == ann);
    CHECK(field(asked, "X-Secret") == "s3cret");
    CHECK(field(asked, "Cookie") == "id=crumb");
}

/// Whoever is not the proxy hears nothing of what is for it.
void check_proxy_secrets(const crossing& on) {
    for (const auto* target : {"/from", "/to"})
        for (const auto& asked : on.asked_for(target))
            CHECK(field(asked, "Proxy-Authorization") == "");
}

void check_journey(crossing& on, const origin& from, const origin& to, bool upwards) {
    CAPTURE(on.url(from, "/from"));
    CAPTURE(on.url(to, "/to"));
    const auto end = on.travel(from, to, upwards);
    INFO("it ended so: ", end.why);
    CHECK_FALSE(holds_secret(end.why));
    check_proxy_secrets(on);
    REQUIRE_FALSE(on.asked_for("/from").empty());
    check_heard_all(on.asked_for("/from").back());
    const auto there = on.asked_for("/to");
    if (from == to) {
        CHECK(end.code == std::error_code());
        REQUIRE_FALSE(there.empty());
        check_heard_all(there.back());
    } else if (from.secure && !to.secure && !on.access->allow_downgrade) {
        CHECK(end.code == errc::redirect_refused);
        CHECK(there.empty());
    } else {
        CHECK(end.code == errc::unauthorized);
        CHECK(there.size() == 1);
        for (const auto& asked : there) check_heard_nothing(asked);
    }
}

struct direction {
    const char* name;
    bool upwards;
    bool by_proxy;
};

const direction directions[] = {
    {"redirect matrix: get", false, false},
    {"redirect matrix: get, through squid", false, true},
    {"redirect matrix: put", true, false},
    {"redirect matrix: put, through squid", true, true},
};

void go_everywhere(const direction& what) {
    if (what.by_proxy && !runs_here(proxy_software::squid)) return;
    crossing on;
    std::optional<real_proxy> proxy;
    if (what.by_proxy) {
        proxy.emplace(proxy_setup{proxy_software::squid, proxy_question::basic});
        on.access->proxy.usage = proxy_usage::listed;
        on.access->proxy.list = {proxy->url()};
    }
    for (const auto& from : origins)
        for (const auto& to : origins) {
            on.access->allow_downgrade = false;
            check_journey(on, from, to, what.upwards);
            if (!from.secure || to.secure) continue;
            on.access->allow_downgrade = true;
            check_journey(on, from, to, what.upwards);
        }
    if (proxy) CHECK(proxy->log().find("user") != std::string::npos);
}
const cases<directions, go_everywhere> everywhere(__FILE__, __LINE__);

}  // namespace
}  // namespace ferry::test::redirect_matrix_test
