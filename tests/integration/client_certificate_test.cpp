// Servers that admit only who shows a certificate.
#include <support/fixture.hpp>
#include <support/strict_server.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::client_certificate_test {
namespace {

struct visit {
    real_time_fixture on;
    strict_server server;
    const std::string bytes = random_bytes(100'000);
    const tls_identity mine = server.authority().issue("client");
    std::shared_ptr<access_options> access = std::make_shared<access_options>();

    explicit visit(strict_software kind) : server(kind) {
        spill(server.root() / "file", bytes);
        access->ca_file = server.authority().file();
    }
    outcome get() {
        transfer_options options;
        options.access = access;
        options.retry.give_up = {};
        std::filesystem::remove(on.dir / "f");
        return on.get(server.url("/file"), "f", std::move(options));
    }
    void check_admitted(const std::string& certificate, const std::string& key, secret password) {
        CAPTURE(certificate);
        access = std::make_shared<access_options>(*access);
        access->certificate = certificate;
        access->key = key;
        access->key_password = password;
        const auto got = get();
        REQUIRE_MESSAGE(got.ok(), got.why());
        CHECK((slurp(on.dir / "f") == bytes));
    }
    void check_ways() {
        const auto& pem = mine.certificate;
        check_admitted(pem, mine.key, {});
        check_admitted(pem, encrypted_key(mine, "top secret"), secret("top secret"));
        check_admitted(pkcs12(mine, "top secret"), {}, secret("top secret"));
    }
};

TEST_CASE("client certificate: Apache admits who shows one, and tells others what it wants") {
    visit on(strict_software::apache);
    const auto before = on.get();
    CHECK_MESSAGE(before.code() == errc::unauthorized, before.why());
    CHECK_MESSAGE(before.why().find("--cert") != std::string::npos, before.why());
    on.check_ways();
}

TEST_CASE("client certificate: nginx admits who shows one") {
    visit on(strict_software::nginx);
    const auto before = on.get();  // it answers with a page: 400 No required certificate was sent
    CHECK_MESSAGE(before.code() == errc::refused, before.why());
    CHECK_MESSAGE(before.why().find("--cert") != std::string::npos, before.why());
    on.check_ways();
}

TEST_CASE("client certificate: Apache may ask for it once it has read the request") {
    visit on(strict_software::apache_by_path);
    const auto before = on.get();
    CHECK_MESSAGE(before.code() == errc::unauthorized, before.why());
    CHECK_MESSAGE(before.why().find("--cert") != std::string::npos, before.why());
    on.check_ways();
}

}  // namespace
}  // namespace ferry::test::client_certificate_test
