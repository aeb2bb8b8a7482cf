// Uploads by tus, to the server of the people who made it.
#include <support/relay.hpp>
#include <support/tus_server.hpp>
#include <support/upload_rig.hpp>

#include <algorithm>

namespace ferry::test::tus_test {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t MiB = 1U << 20;

/// A client, a server, and a way between them that can be cut.
struct site : uploader<ferry::system_clock> {
    tus_server server;
    relay way;

    explicit site(tus_setup how = {}) : server(std::move(how)), way(on.io, server.port()) {}

    upload_request asking(const content& from, std::string_view path = "/files/") {
        auto what = to("http://127.0.0.1:" + std::to_string(way.port()) + std::string(path), from);
        what.how = upload_protocol::tus;
        return what;
    }
    upload_outcome upload(content& from) { return put(asking(from), from); }
    upload_outcome resume(content& from, const std::string& token) {
        auto what = asking(from);
        what.token = token;
        return put(std::move(what), from);
    }
    /// How the upload differs from `bytes`; empty if it does not.
    std::string off(const upload_outcome& got, const std::string& bytes) const {
        return got.ok() ? difference(server.bytes_of(file_name_of(got.end->location)), bytes)
                        : got.why();
    }
    std::size_t count(std::string_view line_start) const {
        const auto lines = server.log();
        return static_cast<std::size_t>(std::count_if(
            lines.begin(), lines.end(),
            [&](const std::string& line) { return line.starts_with(line_start); }));
    }
};

// --- Whole --------------------------------------------------------------------------------------

TEST_CASE("tus: uploads of every size arrive as they are, in one request each") {
    site at;
    std::size_t patches = 0;
    for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(70'000), 20 * MiB}) {
        for (const auto way : {made_content::given_by::descriptor, made_content::given_by::read}) {
            CAPTURE(size);
            CAPTURE(way == made_content::given_by::read);
            const auto bytes = random_bytes(size);
            made_content from(bytes, way);
            const auto got = at.upload(from);
            CHECK(at.off(got, bytes) == "");
            patches += size > 0 ? 1 : 0;
            CHECK(at.count("PATCH 204") == patches);
            CHECK(from.asked_unchanged > 0);
            CHECK(got.offset == 0);
            CHECK(got.token.empty() == (size < 8 * MiB));
            REQUIRE(got.ok());
            CHECK(got.end->size == size);
        }
    }
    CHECK(at.server.uploads().size() == 8);
    CHECK(at.count("OPTIONS") == 1);
}

TEST_CASE("tus: where uploads are made may end in a slash or not, and answer with a path") {
    for (const bool relative : {false, true}) {
        CAPTURE(relative);
        site at({.relative = relative});
        for (const std::string path : {"/files", "/files/", "/files?who=ann"}) {
            CAPTURE(path);
            made_content from("hello");
            const auto got = at.put(at.asking(from, path), from);
            CHECK(at.off(got, "hello") == "");
        }
    }
}

TEST_CASE("tus: a name of any characters arrives as it is") {
    site at;
    for (const std::string name :
         {"f", "two words.txt",
          "Gr\xc3\xb6\xc3\x9f"
          "e, \xe2\x82\xac.pdf",
          "a,b c=d;\"e\"", "%41", " "}) {
        CAPTURE(name);
        made_content from("hello");
        auto what = at.asking(from);
        what.name = name;
        const auto got = at.put(std::move(what), from);
        CHECK(at.off(got, "hello") == "");
        REQUIRE(got.ok());
        CHECK(at.server.name_of(file_name_of(got.end->location)) == name);
    }
}

TEST_CASE("tus: a server that says that it speaks it is spoken to so") {
    site at;
    made_content from("hello");
    auto what = at.asking(from);
    what.how = upload_protocol::automatic;
    const auto got = at.put(std::move(what), from);
    CHECK(at.off(got, "hello") == "");
}

TEST_CASE("tus: what is larger than the server allows is not even begun") {
    site at({.max_size = 1'000});
    made_content from(std::string(1'001, 'x'));
    const auto got = at.upload(from);
    CHECK_MESSAGE(got.code() == errc::refused, got.why());
    CHECK(got.why().find("at most 1000") != std::string::npos);
    CHECK(at.count("POST") == 0);
    made_content fits(std::string(1'000, 'x'));
    CHECK(at.upload(fits).ok());
}

TEST_CASE("tus: what has changed meanwhile does not become whole") {
    for (const std::size_t size : {std::size_t(1), std::size_t(70'000), 9 * MiB}) {
        CAPTURE(size);
        site at;
        made_content from(random_bytes(size));
        from.changed = true;
        const auto got = at.upload(from);
        CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
        REQUIRE(at.server.uploads().size() == 1);
        CHECK(at.server.bytes_of(at.server.uploads().front()).size() < size);
    }
}

// --- Interrupted --------------------------------------------------------------------------------

TEST_CASE("tus: an upload that was cut anywhere is continued where it stopped") {
    site at;
    const auto bytes = random_bytes(20 * MiB);
    for (const std::size_t cut :
         {std::size_t(500), std::size_t(3'000), std::size_t(70'000), 1 * MiB, 10 * MiB + 1,
          20 * MiB - 70'000, 20 * MiB - 1}) {
        CAPTURE(cut);
        made_content from(bytes);
        at.way.cut_after = cut;
        const auto first = at.upload(from);
        if (first.ok()) {  // what has no content yet may be asked for twice
            CHECK(cut < 1'000);
            CHECK(at.off(first, bytes) == "");
            continue;
        }
        CHECK_MESSAGE(is_transient(first.code()), first.why());
        const auto second = at.resume(from, first.token);
        CHECK(at.off(second, bytes) == "");
        if (cut >= 1 * MiB) CHECK(second.offset > cut / 2);
        CHECK((first.token.empty() || second.token == first.token));
    }
}

TEST_CASE("tus: an upload that is cut again and again still arrives") {
    const auto bytes = random_bytes(20 * MiB);
    site at;
    made_content from(bytes);
    at.way.cut_after = 2 * MiB;
    auto got = at.upload(from);
    for (int times = 0; !got.ok() && times < 20; ++times) {
        CHECK_MESSAGE(is_transient(got.end.error().code), got.why());
        at.way.cut_after = 2 * MiB;
        const auto token = got.token;
        got = at.resume(from, token);
    }
    CHECK(at.off(got, bytes) == "");
    CHECK(at.count("POST") == 1);
}

TEST_CASE("tus: a server that was killed and started again goes on where it was") {
    const auto bytes = random_bytes(20 * MiB);
    site at;
    made_content from(bytes);
    from.portion = 64 * 1024;
    upload_outcome first;
    const auto going = at.on.start(uploading(at.http(), at.asking(from), from, first));
    REQUIRE(at.on.pump_until([&] {
        const auto all = at.server.uploads();
        return is_ready(going) || (!all.empty() && at.server.size_of(all.front()) > 1 * MiB);
    }));
    REQUIRE_FALSE(is_ready(going));
    at.server.kill();
    REQUIRE(at.on.pump_until([&] { return is_ready(going); }));
    REQUIRE_FALSE(going->value->has_value());
    CHECK(is_transient(going->value->error().code));

    at.server.start();
    const auto second = at.resume(from, first.token);
    CHECK(at.off(second, bytes) == "");
    CHECK(second.offset > 0);
    CHECK(at.count("POST") == 0);
}

TEST_CASE("tus: what is there already is not sent again") {
    const auto bytes = random_bytes(9 * MiB);
    site at;
    made_content from(bytes);
    const auto first = at.upload(from);
    REQUIRE(first.ok());
    const auto second = at.resume(from, first.token);
    CHECK_MESSAGE(second.ok(), second.why());
    CHECK(second.offset == 9 * MiB);
    CHECK(at.count("PATCH") == 1);
    from.changed = true;
    CHECK(at.resume(from, first.token).code() == errc::source_changed);
}

TEST_CASE("tus: an upload that is given up is gone, and cannot be continued") {
    const auto bytes = random_bytes(9 * MiB);
    site at;
    made_content from(bytes);
    at.way.cut_after = 2 * MiB;
    const auto first = at.upload(from);
    REQUIRE_FALSE(first.token.empty());
    auto what = at.asking(from);
    what.token = first.token;
    const auto gone = at.on.run(giving_up(at.http(), std::move(what)));
    CHECK(gone.has_value());
    CHECK(at.server.uploads().empty());
    const auto second = at.resume(from, first.token);
    CHECK_MESSAGE(second.code() == errc::session_lost, second.why());
}

TEST_CASE("tus: the token of another server's upload is not followed there") {
    const auto bytes = random_bytes(9 * MiB);
    site at;
    made_content from(bytes);
    const auto first = at.upload(from);
    REQUIRE(first.ok());
    const auto asked = at.server.log().size();
    auto what = at.asking(from);
    what.what = parse_url(at.server.url("/files")).value();  // another port
    what.token = first.token;
    const auto second = at.put(std::move(what), from);
    CHECK_MESSAGE(second.code() == errc::session_lost, second.why());
    CHECK(at.count("HEAD") == 0);
    CHECK(at.server.log().size() <= asked + 1);  // OPTIONS
}

// --- Verified -----------------------------------------------------------------------------------

TEST_CASE("tus: where the server verifies parts, they bring their digests") {
    for (const std::string algorithm : {"sha1", "sha256"}) {
        for (const auto way : {made_content::given_by::descriptor, made_content::given_by::read}) {
            CAPTURE(algorithm);
            site at({.checksum = algorithm == "sha1" ? "md5,sha1" : "sha1,sha256"});
            const auto bytes = random_bytes(20 * MiB);
            made_content from(bytes, way);
            const auto got = at.upload(from);
            CHECK(at.off(got, bytes) == "");
            CHECK(at.count("PATCH 204 " + algorithm + " ") == 2);
            CHECK(at.count("PATCH") == 2);
        }
    }
}

TEST_CASE("tus: a digest that the server knows and we do not is left alone") {
    site at({.checksum = "crc32"});
    made_content from("hello");
    CHECK(at.upload(from).ok());
    CHECK(at.count("PATCH 204 -") == 1);
}

TEST_CASE("tus: bytes that are damaged on the way are sent again") {
    const auto bytes = random_bytes(20 * MiB);
    for (const std::size_t where : {std::size_t(70'000), 18 * MiB}) {
        CAPTURE(where);
        site at({.checksum = "sha256"});
        made_content from(bytes);
        at.way.damage = where;
        const auto got = at.upload(from);
        CHECK(at.off(got, bytes) == "");
        CHECK(at.count("PATCH 460") == 1);
        CHECK(at.count("PATCH 204") == 2);
    }
}

TEST_CASE("tus: of verified parts, those that arrived whole are kept when the rest is cut") {
    const auto bytes = random_bytes(20 * MiB);
    site at({.checksum = "sha256"});
    made_content from(bytes);
    at.way.cut_after = 18 * MiB;
    const auto first = at.upload(from);
    REQUIRE_FALSE(first.ok());
    const auto second = at.resume(from, first.token);
    CHECK(at.off(second, bytes) == "");
    CHECK(second.offset >= 16 * MiB);  // and perhaps what the server has of the next one
}

}  // namespace
}  // namespace ferry::test::tus_test
