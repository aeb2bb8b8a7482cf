// A partial is continued only on evidence: every answer to a range that a server may give.
#include "lie.hpp"

namespace ferry::test::resume_test {
namespace {

constexpr std::uint64_t kept = 4'096;

/// A stage with a partial of `kept` bytes on it.
struct resumption : stage {
    explicit resumption(remote_object what = {random_bytes(10'000)}) : stage(std::move(what)) {
        keep(kept);
    }
    /// It ends well, with these bytes.
    outcome comes_right(std::string_view wanted) {
        auto got = get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(off(wanted) == "");
        CHECK_FALSE(server.flooded);
        return got;
    }
    outcome comes_right() { return comes_right(truth.body); }
};

// --- The same object ----------------------------------------------------------------------------

TEST_CASE("resume: a cut download goes on where it stopped, if the object is still the same") {
    resumption on;
    const auto got = on.comes_right();
    CHECK(on.server.requests.size() == 1);
    CHECK(on.asked(0, "Range") == "bytes=4096-");
    CHECK(on.asked(0, "If-Range") == "\"v1\"");
    CHECK(got.status.bytes_resumed == kept);
    CHECK(got.status.bytes_received == 10'000 - kept);
    CHECK(got.status.bytes_discarded == 0);
    CHECK(got.status.bytes_transferred == 10'000);
    CHECK(got.status.bytes_total == 10'000);
}

TEST_CASE("resume: within one call too, a cut connection is continued where it stopped") {
    stage on;
    on.server.script = {{.cut_body = kept}, {.status = "503 Service Unavailable"}, {}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.asked(2, "Range") == "bytes=4096-");
    CHECK(on.asked(2, "If-Range") == "\"v1\"");
    CHECK(got.status.bytes_received == 10'000);
}

TEST_CASE("resume: a server that ignores Range is fast-forwarded, if the strong ETag is the same") {
    resumption on;
    on.server.otherwise.ignore_range = true;
    const auto got = on.comes_right();
    CHECK(on.server.requests.size() == 1);
    CHECK(got.status.bytes_discarded == kept);
}

TEST_CASE("resume: fast-forward over a reply that is cut again and again gains ground") {
    resumption on;
    on.server.script = {
        {.ignore_range = true, .cut_body = 2'000},
        {.ignore_range = true, .cut_body = 6'000},
        {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 8'000},
        {.ignore_range = true}};
    on.comes_right();
}

TEST_CASE("resume: a 206 that starts before the asked byte is skipped over") {
    resumption on;
    on.server.otherwise.shift = -1'000;
    const auto got = on.comes_right();
    CHECK(on.server.requests.size() == 1);
    CHECK(got.status.bytes_discarded == 1'000);
}

TEST_CASE("resume: a 206 that starts at byte 0 is skipped over") {
    resumption on;
    on.server.otherwise.shift = -static_cast<std::int64_t>(kept);
    on.comes_right();
}

TEST_CASE("resume: a 206 that ends early is continued by another one") {
    resumption on;
    on.server.script = {{.shorter = 1'000}, {.shorter = 400}};
    on.comes_right();
    CHECK(on.server.requests.size() == 3);
    CHECK(on.asked(1, "Range").starts_with("bytes=9000-"));
    CHECK(on.asked(2, "Range").starts_with("bytes=9600-"));
}

TEST_CASE("resume: a 206 of unknown total is taken, if the strong ETag is the same") {
    resumption on;
    on.server.otherwise.fields = {{"Content-Range", "bytes 4096-9999/*"}};
    on.comes_right();
}

TEST_CASE("resume: a chunked 206 is as good as one with a length") {
    resumption on;
    on.server.otherwise.framing = frame_by::chunked;
    on.comes_right();
}

TEST_CASE("resume: a 206 until close is as good as one with a length, if it is all there") {
    resumption on;
    on.server.otherwise.framing = frame_by::until_close;
    on.comes_right();
}

TEST_CASE("resume: a 206 until close that stops before its range ends is continued") {
    resumption on;
    on.server.script = {{.framing = frame_by::until_close, .cut_body = 1'000}};
    on.comes_right();
    CHECK(on.asked(1, "Range") == "bytes=5096-");
}

TEST_CASE("resume: a 206 with more body than its Content-Range says adds nothing to the file") {
    for (const auto framing : {frame_by::length, frame_by::chunked, frame_by::until_close}) {
        CAPTURE(static_cast<int>(framing));
        resumption on;
        on.server.script = {{.body = on.truth.body.substr(kept) + "garbage", .framing = framing}};
        const auto got = on.get(patient());
        if (got.ok()) {
            CHECK(on.off() == "");
        } else {
            CHECK_MESSAGE(got.code() == errc::malformed, got.why());
            check_safe(on, on.truth);
        }
    }
}

TEST_CASE("resume: a 206 with less body than its Content-Range says is continued") {
    resumption on;
    on.server.script = {{.body = on.truth.body.substr(kept, 1'000), .framing = frame_by::chunked}};
    on.comes_right();
}

TEST_CASE(
    "resume: after the size changed its name only, header names in lower case are understood") {
    resumption on;
    on.server.script = {
        {.fields = {{"Content-Range", ""}, {"ETag", ""}},
         .lines = "content-range: bytes 4096-9999/10000\r\netag: \"v1\"\r\n"}};
    on.comes_right();
    CHECK(on.server.requests.size() == 1);
}

// --- Another object -----------------------------------------------------------------------------

TEST_CASE("resume: a 200 with another ETag is a new version, fetched whole") {
    resumption on;
    on.server.object = other_version(on.truth);
    const auto got = on.comes_right(on.server.object.body);
    CHECK(got.status.bytes_resumed == 0);
}

TEST_CASE("resume: a 200 with another ETag and another size is a new version, fetched whole") {
    for (const std::size_t size : {0, 1, 4'095, 4'096, 4'097, 9'999, 20'000}) {
        CAPTURE(size);
        resumption on;
        on.server.object = {random_bytes(size, 7), "\"v2\""};
        on.comes_right(on.server.object.body);
    }
}

TEST_CASE("resume: a 206 of another version of the same size is not spliced") {
    resumption on;
    const auto other = other_version(on.truth);
    on.server.object = other;
    on.server.script = {// the 206 ignores If-Range
                        {.status = "206 Partial Content",
                         .fields = {{"Content-Range", "bytes 4096-9999/10000"}},
                         .body = other.body.substr(kept)}};
    on.comes_right(other.body);
}

TEST_CASE("resume: a server that sends 206 of another version for ever gets no file out of it") {
    resumption on;
    const auto other = other_version(on.truth);
    on.server.decide = [&](const request& asked) {
        const auto range = range_of(asked);
        if (!range || range->first == 0) return reply{.status = "503 Service Unavailable"};
        return reply{
            .status = "206 Partial Content",
            .fields =
                {{"Content-Range", "bytes " + std::to_string(range->first) + "-9999/10000"},
                 {"ETag", other.etag}},
            .body = other.body.substr(range->first)};
    };
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    check_safe(on, on.truth);
}

TEST_CASE("resume: a 206 without ETag does not prove the version that an ETag began") {
    resumption on;
    const auto other = other_version(on.truth);
    on.server.object = other;
    on.server.script = {
        {.status = "206 Partial Content",
         .fields =
             {{"Content-Range", "bytes 4096-9999/10000"},
              {"ETag", ""},
              {"Last-Modified", on.truth.modified}},
         .body = other.body.substr(kept)}};
    on.comes_right(other.body);
}

TEST_CASE("resume: a 206 with another total is of another object") {
    resumption on;
    on.server.script = {{.fields = {{"Content-Range", "bytes 4096-9999/12345"}}}};
    on.comes_right();
}

TEST_CASE("resume: an object that grew under the same ETag is not taken for the old one") {
    resumption on;
    on.server.object = {on.truth.body + "more", on.truth.etag, on.truth.modified};
    on.comes_right(on.truth.body + "more");
}

TEST_CASE("resume: a replacement that dies early leaves the old partial to continue") {
    resumption on;
    on.server.object = other_version(on.truth);
    on.server.otherwise = {.ignore_range = true, .cut_body = 1'000};
    const auto failed = on.get(once());
    CHECK_FALSE(failed.ok());
    CHECK_FALSE(on.has_file());
    on.server.become_honest();
    on.server.object = on.truth;
    on.server.requests.clear();
    const auto got = on.comes_right();
    CHECK(got.status.bytes_resumed == kept);
}

TEST_CASE("resume: a replacement that has overtaken the old partial is continued itself") {
    resumption on;
    const auto other = other_version(on.truth);
    on.server.object = other;
    on.server.otherwise = {.cut_body = 6'000};
    const auto failed = on.get(once());
    CHECK_FALSE(failed.ok());
    on.server.become_honest();
    const auto got = on.comes_right(other.body);
    CHECK(got.status.bytes_resumed == 6'000);
}

TEST_CASE(
    "resume: an ETag that is another one in each reply ends, with one version's bytes or none") {
    for (const bool honours_ranges : {true, false}) {
        CAPTURE(honours_ranges);
        stage on;
        unsigned turn = 0;
        on.server.decide = [&](const request&) {
            auto now = on.truth;
            now.etag = "\"turn" + std::to_string(++turn) + '"';
            now.body = random_bytes(10'000, turn);
            return reply{.now = now, .ignore_range = !honours_ranges, .cut_body = 5'000};
        };
        const auto got = on.get(brief());
        CHECK_FALSE(got.ok());
        CHECK(on.server.requests.size() < 500);
        check_safe(on, on.truth);
    }
}

TEST_CASE("resume: an ETag that is another one in each reply does no harm if a reply is whole") {
    stage on;
    unsigned turn = 0;
    on.server.decide = [&](const request&) {
        auto now = on.truth;
        now.etag = "\"turn" + std::to_string(++turn) + '"';
        reply how{.now = now};
        if (turn <= 2) how.cut_body = 5'000;
        return how;
    };
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

// --- The figures --------------------------------------------------------------------------------

/// Every byte of the file was kept, or received by this call and not thrown away.
void check_figures(const outcome& got) {
    REQUIRE_MESSAGE(got.ok(), got.why());
    const auto& status = got.status;
    CHECK(status.bytes_total == status.bytes_transferred);
    CHECK(
        status.bytes_resumed + status.bytes_received - status.bytes_discarded ==
        status.bytes_transferred);
}

TEST_CASE("figures: they add up after a continued download, and after a fast-forwarded one") {
    for (const bool ignores_ranges : {false, true}) {
        CAPTURE(ignores_ranges);
        resumption on;
        on.server.otherwise.ignore_range = ignores_ranges;
        check_figures(on.get(patient()));
    }
}

TEST_CASE("figures: they add up after another version replaced what was kept") {
    resumption on;
    on.server.object = other_version(on.truth);
    check_figures(on.get(patient()));
}

TEST_CASE("figures: they add up after a change in the middle of one call") {
    stage on;
    on.server.script = {{.cut_body = 3'000}, {.now = other_version(on.truth), .cut_body = 5'000}};
    check_figures(on.get(patient()));
}

// --- 416 ----------------------------------------------------------------------------------------

/// All bytes are kept, but not known to be all: the last chunk never came.
struct finished_but_for_the_end : stage {
    finished_but_for_the_end() {
        server.script = {
            {.framing = frame_by::chunked, .chunk = 10'000, .cut_body = 4 + 2 + 10'000}};
        const auto got = get(once());
        REQUIRE(got.code() == errc::cut_short);
        server.requests.clear();
    }
};

TEST_CASE("resume: 416 with the kept size means that all is there") {
    finished_but_for_the_end on;
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.asked(0, "Range") == "bytes=10000-");
    CHECK(got.status.bytes_resumed == 10'000);
}

TEST_CASE("resume: 416 with the kept size does not hide that the object is another one") {
    finished_but_for_the_end on;
    const auto other = other_version(on.truth);
    on.server.object = other;
    on.server.decide = [&](const request& asked) {  // heeds no If-Range
        const auto range = range_of(asked);
        if (!range) return reply{};
        if (range->first >= 10'000)
            return reply{
                .status = "416 Range Not Satisfiable",
                .fields = {{"Content-Range", "bytes */10000"}}};
        return reply{
            .status = "206 Partial Content",
            .fields = {{"Content-Range", "bytes " + std::to_string(range->first) + "-9999/10000"}},
            .body = other.body.substr(range->first)};
    };
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(other.body) == "");
}

TEST_CASE("resume: 416 with another size is another object, fetched whole") {
    finished_but_for_the_end on;
    on.server.object = {random_bytes(3'000, 5), "\"v2\""};
    on.server.script = {
        {.status = "416 Range Not Satisfiable", .fields = {{"Content-Range", "bytes */3000"}}}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.server.object.body) == "");
}

TEST_CASE("resume: 416 without a size is no proof of anything") {
    for (const std::string content_range :
         {"", "bytes */*", "bytes */", "bytes 0-0/10000", "*/10000"}) {
        CAPTURE(content_range);
        resumption on;
        on.server.script = {
            {.status = "416 Range Not Satisfiable", .fields = {{"Content-Range", content_range}}}};
        on.comes_right();
    }
}

TEST_CASE("resume: 416 to everything ends, and what is kept stays safe") {
    resumption on;
    on.server.otherwise.status = "416 Range Not Satisfiable";
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    CHECK(on.server.requests.size() < 500);
    check_safe(on, on.truth);
}

// --- 206 that says nonsense ---------------------------------------------------------------------

struct nonsense {
    const char* name;
    std::string content_range;
};

const nonsense ranges[] = {
    {"Content-Range: missing", ""},
    {"Content-Range: starts later than asked", "bytes 5000-9999/10000"},
    {"Content-Range: inverted", "bytes 9999-4096/10000"},
    {"Content-Range: ends behind the total", "bytes 4096-10000/10000"},
    {"Content-Range: total is smaller than its start", "bytes 4096-9999/100"},
    {"Content-Range: words", "bytes all of it"},
    {"Content-Range: another unit", "lines 4096-9999/10000"},
    {"Content-Range: no unit", "4096-9999/10000"},
    {"Content-Range: negative", "bytes -4096-9999/10000"},
    {"Content-Range: 2^64 + 4096, which wraps to 4096", "bytes 18446744073709555712-9999/10000"},
    {"Content-Range: end of 2^64 - 1", "bytes 4096-18446744073709551615/10000"},
    {"Content-Range: total of 2^64 + 10000, which wraps to 10000",
     "bytes 4096-9999/18446744073709561616"},
    {"Content-Range: hexadecimal", "bytes 0x1000-9999/10000"},
    {"Content-Range: unsatisfied form in a 206", "bytes */10000"},
};

void tell_nonsense(const nonsense& what) {
    const auto lie_with = [&](const request& asked) {
        const auto range = range_of(asked);
        reply how;
        if (range && range->first > 0) {
            how.status = "206 Partial Content";
            how.fields = {{"Content-Range", what.content_range}};
            how.body = std::string(10'000 - kept, '!');  // never the right bytes
        }
        return how;
    };
    for (const bool then_changed : {false, true}) {
        CAPTURE(then_changed);
        resumption on;
        on.server.decide = lie_with;
        const auto got = on.get(brief());
        CHECK(on.server.requests.size() < 500);
        if (got.ok()) {
            CHECK(on.off() == "");
            CHECK(on.server.requests.size() > 1);  // it asked for the whole
        } else {
            CHECK_FALSE(on.server.requests.empty());
            check_safe(on, then_changed ? other_version(on.truth) : on.truth);
        }
    }
    resumption on;
    bool told = false;
    on.server.decide = [&](const request& asked) {
        return std::exchange(told, true) ? reply{} : lie_with(asked);
    };
    const auto got = on.get(patient());
    if (!got.ok()) {
        CHECK_MESSAGE(
            (got.code() == errc::malformed || got.code() == errc::source_changed), got.why());
        check_safe(on, on.truth);
    } else {
        CHECK(on.off() == "");
    }
}
const cases<ranges, tell_nonsense> nonsense_told(__FILE__, __LINE__);

TEST_CASE("resume: two Content-Ranges that disagree are not believed") {
    resumption on;
    on.server.otherwise.lines = "Content-Range: bytes 0-5903/10000\r\n";
    const auto got = on.get(brief());
    if (got.ok()) {
        CHECK(on.off() == "");
    } else {
        check_safe(on, on.truth);
    }
}

TEST_CASE("resume: multipart/byteranges is not taken for the bytes") {
    for (const bool has_content_range : {false, true}) {
        CAPTURE(has_content_range);
        resumption on;
        reply parts;
        parts.fields = {{"Content-Type", "multipart/byteranges; boundary=edge"}};
        if (!has_content_range) parts.fields.emplace_back("Content-Range", "");
        parts.body = "--edge\r\nContent-Range: bytes 4096-9999/10000\r\n\r\n" +
                     on.truth.body.substr(kept) + "\r\n--edge--\r\n";
        on.server.decide = [&](const request& asked) { return range_of(asked) ? parts : reply{}; };
        const auto got = on.get(brief());
        if (got.ok()) {
            CHECK(on.off() == "");
        } else {
            check_safe(on, on.truth);
        }
    }
}

TEST_CASE("resume: a 206 that nobody asked for is not taken for the whole") {
    for (const std::string content_range : {"bytes 0-4999/10000", "bytes 5000-9999/10000", ""}) {
        CAPTURE(content_range);
        stage on;
        on.server.otherwise = {
            .status = "206 Partial Content",
            .fields = {{"Content-Range", content_range}},
            .body = on.truth.body.substr(0, 5'000)};
        const auto got = on.get(brief());
        CHECK_FALSE(got.ok());
        check_safe(on, on.truth);
    }
}

TEST_CASE("resume: bytes that are suddenly gzip are not spliced to plain ones") {
    resumption on;
    on.server.otherwise.fields = {{"Content-Encoding", "gzip"}};
    on.server.otherwise.body = random_bytes(10'000 - kept, 3);
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    check_safe(on, on.truth);
}

TEST_CASE("resume: plain bytes are not spliced to a part that was gzip") {
    stage on;
    on.server.script = {
        {.fields = {{"Content-Encoding", "gzip"}},
         .body = random_bytes(10'000, 3),
         .cut_body = kept}};
    const auto failed = on.get(once());
    REQUIRE_FALSE(failed.ok());
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

}  // namespace
}  // namespace ferry::test::resume_test
