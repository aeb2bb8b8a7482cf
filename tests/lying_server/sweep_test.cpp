// Cut everywhere: after byte n of the reply, for every n, and of the records on the disk.
#include <ferry/journal.hpp>

#include "stage.hpp"

namespace ferry::test::sweep_test {
namespace {

/// Thousands of files need no syncing.
transfer_options unsynced(transfer_options options) {
    options.sync = sync_policy::never;
    return options;
}

/// One download that is cut after byte n of its reply, and the next one that ends it.
void cut_and_continue(stage& on, const reply& how, std::size_t n) {
    CAPTURE(n);
    auto cut = how;
    cut.cut = n;
    on.server.script = {std::move(cut)};
    const auto failed = on.get(unsynced(once()));
    REQUIRE_FALSE(failed.ok());
    REQUIRE_FALSE(on.has_file());
    on.server.script = {how};
    const auto got = on.get(unsynced(once()));
    REQUIRE_MESSAGE(got.ok(), got.why());
    REQUIRE(on.off() == "");
    std::filesystem::remove(on.on.dir / "f");
}

/// The bytes of the first reply to a request without a range.
std::size_t length_of(const stage& on, const reply& how) {
    const auto form = to_wire(on.truth, {.method = "GET", .target = "/f"}, how);
    return form.head.size() + form.body.size();
}

TEST_CASE(
    "sweep: a reply with a length, cut after each of its bytes, is continued to the right file") {
    stage on({random_bytes(3'000)});
    const auto length = length_of(on, {});
    for (std::size_t n = 0; n < length; ++n) cut_and_continue(on, {}, n);
}

TEST_CASE("sweep: a chunked reply, cut after each of its bytes, is continued to the right file") {
    stage on({random_bytes(1'500)});
    const reply how{
        .framing = frame_by::chunked,
        .chunk = 100,
        .extension = ";a=b",
        .trailers = "X-Trailer: yes\r\n"};
    const auto length = length_of(on, how);
    for (std::size_t n = 0; n < length; ++n) cut_and_continue(on, how, n);
}

TEST_CASE("sweep: a reply that is cut again after every few bytes gets there in one call") {
    for (const std::size_t step : {1, 7, 100}) {
        CAPTURE(step);
        stage on({random_bytes(40 * step)});
        on.server.otherwise = {.cut_body = step};
        const auto got = on.get(unsynced(patient()));
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.server.requests.size() == 40);
        CHECK(got.status.bytes_received == on.truth.body.size());
    }
}

TEST_CASE("sweep: after a cut at each byte, another version is fetched whole") {
    stage on({random_bytes(600)});
    const auto other = other_version(on.truth);
    for (std::size_t n = 0; n < 600; n += 7) {
        CAPTURE(n);
        on.server.object = on.truth;
        on.server.script = {{.cut_body = n}};
        const auto failed = on.get(unsynced(once()));
        REQUIRE_FALSE(failed.ok());
        on.server.object = other;
        const auto got = on.get(unsynced(once()));
        REQUIRE_MESSAGE(got.ok(), got.why());
        REQUIRE(on.off(other.body) == "");
        std::filesystem::remove(on.on.dir / "f");
    }
}

// --- What is on the disk lies as well -----------------------------------------------------------

/// A cut download's two hidden files.
struct leftovers : stage {
    const std::filesystem::path part = on.dir / ".f.ferry-part";
    const std::filesystem::path journal = on.dir / ".f.ferry-part.json";

    leftovers() : stage({random_bytes(3'000)}) {
        server.script = {{.cut_body = 2'000}};
        const auto failed = get(unsynced(once()));
        REQUIRE_FALSE(failed.ok());
        REQUIRE(std::filesystem::exists(part));
        REQUIRE(std::filesystem::exists(journal));
    }
    /// The next download gives the right bytes, and leaves nothing else behind.
    void comes_right() {
        const auto got = get(unsynced(once()));
        REQUIRE_MESSAGE(got.ok(), got.why());
        REQUIRE(off() == "");
        REQUIRE_FALSE(std::filesystem::exists(part));
        REQUIRE_FALSE(std::filesystem::exists(journal));
    }
};

TEST_CASE("sweep: a journal that is cut after each of its bytes does no harm") {
    const auto length = std::filesystem::file_size(leftovers().journal);
    for (std::size_t n = 0; n < length; ++n) {
        CAPTURE(n);
        leftovers on;
        std::filesystem::resize_file(on.journal, n);
        on.comes_right();
    }
}

TEST_CASE("sweep: a partial that is shorter than its journal says is not believed") {
    for (std::size_t n = 0; n < 2'000; n += 111) {
        CAPTURE(n);
        leftovers on;
        std::filesystem::resize_file(on.part, n);
        on.comes_right();
    }
}

TEST_CASE("leftovers: a partial without journal, or a journal without partial, is begun anew") {
    for (const bool keep_part : {true, false}) {
        CAPTURE(keep_part);
        leftovers on;
        std::filesystem::remove(keep_part ? on.journal : on.part);
        on.comes_right();
    }
}

TEST_CASE("leftovers: a partial that somebody replaced by another file is not continued") {
    leftovers on;
    spill(on.on.dir / "foreign", std::string(2'500, '!'));
    std::filesystem::rename(on.on.dir / "foreign", on.part);
    on.comes_right();
}

TEST_CASE("leftovers: a partial of another URL under the same name is not continued") {
    leftovers on;
    on.server.object = {random_bytes(3'000, 8), "", ""};
    const auto got = on.on.get(on.server.url("/another"), "f", unsynced(once()));
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.server.object.body) == "");
}

TEST_CASE("leftovers: a symbolic link in the partial's place is not written through") {
    stage on;
    spill(on.on.dir / "victim", "precious");
    std::filesystem::create_symlink(on.on.dir / "victim", on.on.dir / ".f.ferry-part");
    const auto got = on.get(once());
    CHECK(slurp(on.on.dir / "victim") == "precious");
    if (got.ok()) CHECK(on.off() == "");
}

TEST_CASE("leftovers: a journal says nothing about secrets, and others cannot read it") {
    stage on;
    auto access = std::make_shared<access_options>();
    access->headers = {"Authorization: Bearer secret42"};
    auto options = once();
    options.access = access;
    on.server.script = {{.cut_body = 2'000}};
    const auto failed = on.get(options);
    REQUIRE_MESSAGE(failed.code() == errc::cut_short, failed.why());
    CHECK(on.asked(0, "Authorization") == "Bearer secret42");
    const auto journal = on.on.dir / ".f.ferry-part.json";
    CHECK(slurp(journal).find("secret42") == std::string::npos);
    CHECK(failed.why().find("secret42") == std::string::npos);
    using std::filesystem::perms;
    const auto others = perms::group_all | perms::others_all;
    CHECK((std::filesystem::status(journal).permissions() & others) == perms::none);
}

TEST_CASE("leftovers: a password in a URL is in no message and no journal") {
    stage on;
    auto address = on.server.url("/f");
    address.insert(7, "user:secret42@");
    on.server.script = {{.cut_body = 2'000}};
    const auto failed = on.on.get(address, "f", once());
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.why().find("secret42") == std::string::npos);
    for (const auto& one : std::filesystem::directory_iterator(on.on.dir))
        CHECK(slurp(one.path()).find("secret42") == std::string::npos);
}

}  // namespace
}  // namespace ferry::test::sweep_test
