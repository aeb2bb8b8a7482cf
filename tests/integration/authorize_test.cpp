// Servers that people run and that let in only whom they know.
#include <support/cases.hpp>
#include <support/fixture.hpp>
#include <support/guarded_server.hpp>
#include <support/kerberos.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

/// gss-ntlmssp (1.2) never frees the OpenSSL contexts in which it makes RC4 and MD4.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libcrypto.so"; }

namespace ferry::test::authorize_test {
namespace {

using namespace std::chrono_literals;

transfer_options as(credentials who) {
    access_options access;
    access.who = std::move(who);
    transfer_options options;
    options.retry = {.first = 1ms, .longest = 5ms, .give_up = 15s, .jitter = false};
    options.access = std::make_shared<const access_options>(std::move(access));
    return options;
}

credentials named(std::string user, std::string password, std::vector<auth_scheme> schemes = {}) {
    credentials who;
    who.user = std::move(user);
    who.password = secret(std::move(password));
    who.schemes = std::move(schemes);
    return who;
}

/// Whoever runs us.
credentials myself() {
    credentials who;
    who.schemes = {auth_scheme::negotiate};
    return who;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

struct visit {
    const guarded_server& server;
    real_time_fixture on = {};

    outcome get(std::string_view path, const credentials& who) {
        return on.get(server.url(path), "f", as(who));
    }
    void succeeds(std::string_view path, const credentials& who, std::string_view content) {
        const auto got = get(path, who);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(difference(slurp(on.dir / "f"), content) == "");
        std::filesystem::remove(on.dir / "f");
    }
    void fails(std::string_view path, const credentials& who, std::string_view because) {
        const auto got = get(path, who);
        CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
        CHECK_MESSAGE(got.why().find(because) != std::string::npos, got.why());
        CHECK(got.why().find("secret") == std::string::npos);
    }
};

// --- Passwords ----------------------------------------------------------------------------------

struct folder {
    const char* name;
    std::string path;
    std::string scheme;
};

const folder folders[] = {
    {"Apache: Basic lets in whom it knows, and nobody else", "/basic/", "Basic"},
    {"Apache: Digest lets in whom it knows, and nobody else", "/digest/", "Digest"},
};

void enter(const folder& what) {
    guarded_server server;
    const auto big = random_bytes(8'000'000);
    server.publish("file", "hello");
    server.publish("big", big);
    visit by{server};
    by.succeeds(what.path + "file", named("ann", "top secret"), "hello");
    by.succeeds(what.path + "big", named("ann", "top secret"), big);  // in parts
    CHECK(count(server.log(), " 401 ") == 1);                         // asked once, known since
    by.fails(
        what.path + "file", named("ann", "other secret"), "wrong name or password for realm \"the");
    by.fails(
        what.path + "file", {},
        "the server wants " + what.scheme + " for realm \"the " +
            (what.scheme == "Basic" ? "basic" : "digest") + " files\"; give --credential USER");
}
const cases<folders, enter> entered(__FILE__, __LINE__);

// --- Kerberos -----------------------------------------------------------------------------------

TEST_CASE("Kerberos: a ticket or a password lets in; without either, the user is told") {
    kerberos_realm realm;
    realm.add_user("ann", "secretive");
    guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("file", "hello");
    visit by{server};
    by.fails("/negotiate/file", myself(), "run kinit");
    by.succeeds("/negotiate/file", named("ann", "secretive"), "hello");
    by.succeeds("/negotiate/file", named("ann@FERRY.TEST", "secretive"), "hello");
    by.succeeds("/negotiate/file", named("FERRY.TEST\\ann", "secretive"), "hello");
    by.fails("/negotiate/file", named("ann", "other secret"), "check name and password");
    by.fails("/negotiate/file", {}, "the server wants Negotiate");
    realm.log_in("ann", "secretive");
    by.succeeds("/negotiate/file", myself(), "hello");
    CHECK(count(server.log(), "/negotiate/file 200 ann@FERRY.TEST") == 4);
    realm.log_out();
    by.fails("/negotiate/file", myself(), "run kinit");
    realm.spoil_tickets();
    by.fails("/negotiate/file", myself(), "get new ones with kinit");
}

TEST_CASE("Kerberos: where it cannot be had, a password is shown as the server likes it, too") {
    kerberos_realm realm;
    realm.add_user("ann", "secretive");
    guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("file", "hello");
    real_time_fixture on;
    auto from = server.url("/either/file");
    from.replace(from.find("localhost"), 9, "127.0.0.1");  // for which there is no ticket
    const auto good = on.get(from, "f", as(named("ann", "secretive")));
    CHECK_MESSAGE(good.ok(), good.why());
    const auto ticket_only =
        on.get(from, "g", as(named("ann", "secretive", {auth_scheme::negotiate})));
    CHECK(ticket_only.code() == errc::unauthorized);
    CHECK_MESSAGE(
        ticket_only.why().find("not found in Kerberos database") != std::string::npos,
        ticket_only.why());
}

TEST_CASE("Kerberos: a KDC that does not answer is asked again") {
    kerberos_realm realm;
    realm.add_user("ann", "secretive");
    guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("file", "hello");
    realm.close();
    real_time_fixture on;
    auto options = as(named("ann", "secretive"));
    options.retry.give_up = 0ms;
    const auto got = on.get(server.url("/negotiate/file"), "f", options);
    CHECK_MESSAGE(is_transient(got.code()), got.why());
    CHECK_MESSAGE(got.why().find("Cannot contact any KDC") != std::string::npos, got.why());
}

// --- NTLM ---------------------------------------------------------------------------------------

TEST_CASE("NTLM: a password lets in, over one connection; a wrong one does not") {
    kerberos_realm realm;
    guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("file", "hello");
    visit by{server};
    by.succeeds("/ntlm/file", named("TEST\\ann", "top secret", {auth_scheme::ntlm}), "hello");
    CHECK(server.log() == "/ntlm/file 401 - 0\n/ntlm/file 401 - 1\n/ntlm/file 200 TEST\\\\ann 2\n");
    by.fails(
        "/ntlm/file", named("TEST\\ann", "other secret", {auth_scheme::ntlm}),
        "wrong name or password");
}

}  // namespace
}  // namespace ferry::test::authorize_test
