// Several connections for one file, when not all of them behave.
#include "lie.hpp"

#include <set>

namespace ferry::test::segments_test {
namespace {

constexpr std::uint64_t MiB = 1U << 20;

transfer_options four(transfer_options options) {
    options.connections = 4;
    return options;
}

/// A file large enough to be divided, and a client that wants to.
struct divided : stage {
    explicit divided(remote_object what = {random_bytes(12 * MiB)}) : stage(std::move(what)) {}

    void comes_right(std::string_view wanted) {
        const auto got = get(four(patient()));
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(off(wanted) == "");
    }
    void comes_right() { comes_right(truth.body); }
    /// Answers with `how` the first `count` requests that are not for the file's start.
    void lie_later(reply how, unsigned count = 1'000'000) {
        server.decide = [this, how = std::move(how), count](const request& asked) mutable {
            if (starts_at(asked) == 0 || count == 0) return reply{};
            --count;
            return how;
        };
    }
    static std::uint64_t starts_at(const request& asked) {
        const auto range = range_of(asked);
        return range ? range->first : 0;
    }
};

TEST_CASE("segments: an honest server is asked over several connections, each byte once") {
    divided on;
    const auto got = on.get(four(patient()));
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.connections == 4);
    CHECK(got.status.bytes_received == 12 * MiB);
    CHECK(got.status.bytes_discarded == 0);
    for (std::size_t i = 1; i < on.server.requests.size(); ++i)
        CHECK(on.asked(i, "If-Range") == "\"v1\"");
}

TEST_CASE("segments: small objects come right too, down to an empty one") {
    for (const std::size_t size :
         {0, 1, 2, 3, 4, 5, 1'000, 65'536, 1'048'577, 4'194'303, 4'194'304, 4'194'305}) {
        CAPTURE(size);
        divided on({random_bytes(size)});
        on.comes_right();
    }
}

TEST_CASE("segments: a server without ranges is asked over one connection") {
    divided on;
    on.server.otherwise = {.fields = {{"Accept-Ranges", "none"}}, .ignore_range = true};
    on.comes_right();
    CHECK(on.server.requests.size() == 1);
}

TEST_CASE("segments: an object without known size is asked over one connection") {
    divided on;
    on.server.otherwise = {.ignore_range = true, .framing = frame_by::chunked, .chunk = 100'000};
    on.comes_right();
}

struct trouble {
    const char* name;
    reply how;
};
const trouble troubles[] = {
    {"segments: some answer 503", {.status = "503 Service Unavailable"}},
    {"segments: some answer 403", {.status = "403 Forbidden"}},
    {"segments: some answer 404", {.status = "404 Not Found"}},
    {"segments: some answer 429", {.status = "429 Too Many Requests"}},
    {"segments: some answer 416", {.status = "416 Range Not Satisfiable"}},
    {"segments: some ignore the range", {.ignore_range = true}},
    {"segments: some are cut short", {.cut_body = 100'000}},
    {"segments: some are reset", {.cut_body = 100'000, .end = ending::reset}},
    {"segments: some are closed before the first byte", {.cut = 0}},
    {"segments: some are cut right after the head", {.cut_body = 0}},
    {"segments: some give less than asked", {.shorter = 50'000}},
    {"segments: some give more than asked", {.longer = 50'000}},
    {"segments: some start earlier than asked", {.shift = -1'000}},
    {"segments: some start later than asked", {.shift = 1'000}},
    {"segments: some say another total",
     {.fields = {{"Content-Range", "bytes 4194304-5000000/999999999"}}}},
    {"segments: some break the protocol",
     {.raw = "HTTP/1.1 206 Partial\r\nContent-Length: x\r\n\r\n"}},
    {"segments: some turn to gzip", {.fields = {{"Content-Encoding", "gzip"}}}},
    {"segments: some turn to multipart",
     {.fields = {{"Content-Type", "multipart/byteranges; boundary=x"}, {"Content-Range", ""}}}},
};

void make_trouble(const trouble& what) {
    for (const unsigned count : {1U, 3U, 1'000'000U}) {
        CAPTURE(count);
        divided on;
        on.lie_later(what.how, count);
        const auto got = on.get(four(count > 3 ? brief() : patient()));
        if (got.ok()) {
            CHECK(on.off() == "");
        } else {
            INFO("it ended so: ", got.why());
            CHECK(count > 3);  // trouble that passes must not end the transfer
            check_safe(on, on.truth);
        }
    }
}
const cases<troubles, make_trouble> made_trouble(__FILE__, __LINE__);

TEST_CASE("segments: further connections that are always refused are done without") {
    for (const std::string status :
         {"503 Service Unavailable", "403 Forbidden", "429 Too Many Requests"}) {
        CAPTURE(status);
        divided on;
        std::set<unsigned> welcome_ones;
        on.server.decide = [&](const request& asked) {
            if (welcome_ones.empty()) welcome_ones.insert(asked.connection);
            return welcome_ones.count(asked.connection) ? reply{} : reply{.status = status};
        };
        on.comes_right();
    }
}

TEST_CASE("segments: further connections that are always reset are done without") {
    divided on;
    on.server.most_guests = 1;
    on.comes_right();
    CHECK(on.server.connections > 1);
}

TEST_CASE(
    "segments: a segment of another version never gets in, whatever it has instead of an ETag") {
    for (const bool etag : {true, false}) {
        for (const bool same_date : {true, false}) {
            CAPTURE(etag);
            CAPTURE(same_date);
            const remote_object first{random_bytes(12 * MiB), etag ? "\"v1\"" : ""};
            auto second = other_version(first);
            if (!etag) second.etag.clear();
            if (same_date) second.modified = first.modified;
            divided on(first);
            on.server.decide = [&](const request& asked) {
                const auto from = divided::starts_at(asked);
                if (from < 6 * MiB) return reply{.now = first};
                const auto range = *range_of(asked);
                const auto last =
                    std::min<std::uint64_t>(range.last.value_or(12 * MiB - 1), 12 * MiB - 1);
                return reply{// heeds no If-Range
                             .status = "206 Partial Content",
                             .fields =
                                 {{"Content-Range", "bytes " + std::to_string(from) + "-" +
                                                        std::to_string(last) + "/" +
                                                        std::to_string(12 * MiB)}},
                             .body = second.body.substr(from, last + 1 - from),
                             .now = second};
            };
            const auto got = on.get(four(brief()));
            if (got.ok()) {
                const auto file = slurp(on.on.dir / "f");
                CHECK((file == first.body || file == second.body));
            } else {
                check_safe(on, first);
            }
        }
    }
}

TEST_CASE("segments: an object that changes in the middle is fetched whole in its new version") {
    divided on;
    const auto other = other_version(on.truth);
    unsigned asked_so_far = 0;
    on.server.decide = [&](const request&) {
        return ++asked_so_far == 3 ? reply{.now = other} : reply{};
    };
    on.comes_right(other.body);
}

TEST_CASE("segments: a cut transfer is continued, by as many connections or by one") {
    for (const unsigned connections : {1U, 4U}) {
        CAPTURE(connections);
        divided on;
        on.server.otherwise = {.cut_body = 300'000};
        auto options = four(once());
        const auto failed = on.get(options);
        REQUIRE_FALSE(failed.ok());
        CHECK_FALSE(on.has_file());
        on.server.become_honest();
        options = patient();
        options.connections = connections;
        const auto got = on.get(options);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(got.status.bytes_resumed >= 300'000);
        CHECK(
            got.status.bytes_resumed + got.status.bytes_received - got.status.bytes_discarded ==
            12 * MiB);
    }
}

TEST_CASE("segments: a cut transfer of several is not continued with another version") {
    divided on;
    on.server.otherwise = {.cut_body = 300'000};
    const auto failed = on.get(four(once()));
    REQUIRE_FALSE(failed.ok());
    on.server.become_honest();
    on.server.object = other_version(on.truth);
    on.comes_right(on.server.object.body);
}

TEST_CASE("segments: a slow segment's rest is taken over by the others") {
    divided on;
    bool slowed = false;
    on.server.decide = [&](const request& asked) {
        // The others take so long that all of them are under way at once.
        if (divided::starts_at(asked) == 0 || std::exchange(slowed, true))
            return reply{.drip = 65'536, .pause = 2ms};
        return reply{.drip = 4'096, .pause = 3ms};
    };
    const auto got = on.get(four(patient()));
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(got.status.bytes_discarded == 0);
    const auto inside_another = [&](const request& one) {
        const auto inner = range_of(one);
        return std::any_of(
            on.server.requests.begin(), on.server.requests.end(), [&](const auto& other) {
                const auto outer = range_of(other);
                return inner && outer && outer->first > 0 && inner->first > outer->first &&
                       inner->first <= outer->last.value_or(12 * MiB);
            });
    };
    CHECK(std::any_of(on.server.requests.begin(), on.server.requests.end(), inside_another));
}

}  // namespace
}  // namespace ferry::test::segments_test
