// Without a strong ETag a partial is continued only where its last bytes come again as they were.
#include "lie.hpp"

namespace ferry::test::overlap_test {
namespace {

constexpr std::uint64_t MiB = 1U << 20;

struct weak_case {
    const char* name;
    std::string etag;
    std::string modified;
    std::uint64_t overlap;
};
const weak_case weak_cases[] = {
    {"overlap: 64 KiB under a weak ETag and a date", "W/\"v1\"", "Mon, 05 Jan 2026 10:00:00 GMT",
     65'536},
    {"overlap: 64 KiB under a date alone", "", "Mon, 05 Jan 2026 10:00:00 GMT", 65'536},
    {"overlap: 1 MiB with nothing to go by", "", "", MiB},
};

void overlap(const weak_case& what) {
    const remote_object first{random_bytes(3 * MiB), what.etag, what.modified};
    {
        INFO("the same bytes: continued");
        stage on(first);
        on.keep(2 * MiB);
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.asked(0, "Range") == "bytes=" + std::to_string(2 * MiB - what.overlap) + "-");
        CHECK(on.asked(0, "If-Range") == "");
        CHECK(got.status.bytes_resumed == 2 * MiB);
        CHECK(got.status.bytes_discarded == what.overlap);
    }
    {
        INFO("other bytes under the same description: fetched whole");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body = random_bytes(3 * MiB, 42);
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
        CHECK(got.status.bytes_resumed == 0);
    }
    {
        INFO("one byte differs, the last one of the overlap");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body[2 * MiB - 1] ^= 1;
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
    {
        INFO("one byte differs, the first one of the overlap");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body[2 * MiB - what.overlap] ^= 1;
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
    {
        INFO("another size");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body = first.body + "grown";
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
    {
        INFO("the server ignores ranges and has other bytes");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body = random_bytes(3 * MiB, 42);
        on.server.otherwise.ignore_range = true;
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
    {
        INFO("the server ignores ranges and has other bytes behind the first MiB");
        stage on(first);
        on.keep(2 * MiB);
        on.server.object.body.replace(MiB, MiB, random_bytes(MiB, 43));
        on.server.otherwise.ignore_range = true;
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
    {
        INFO("less is kept than would overlap");
        stage on(first);
        on.keep(1'000);
        on.server.object.body = random_bytes(3 * MiB, 42);
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(on.server.object.body) == "");
    }
}
const cases<weak_cases, overlap> overlaps(__FILE__, __LINE__);

TEST_CASE("overlap: another date under the same weak ETag is another object") {
    const remote_object first{random_bytes(3 * MiB), "W/\"v1\""};
    stage on(first);
    on.keep(2 * MiB);
    on.server.object.body.replace(0, MiB, random_bytes(MiB, 43));  // where no overlap looks
    on.server.object.modified = "Tue, 06 Jan 2026 10:00:00 GMT";
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.server.object.body) == "");
}

TEST_CASE("overlap: another weak ETag under the same date is another object") {
    const remote_object first{random_bytes(3 * MiB), "W/\"v1\""};
    stage on(first);
    on.keep(2 * MiB);
    on.server.object.body.replace(0, MiB, random_bytes(MiB, 43));
    on.server.object.etag = "W/\"v2\"";
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.server.object.body) == "");
}

TEST_CASE("overlap: a mismatch whose replacement dies early does no harm") {
    const remote_object first{random_bytes(3 * MiB), ""};
    stage on(first);
    on.keep(2 * MiB);
    on.server.object.body = random_bytes(3 * MiB, 42);
    on.server.script = {{}, {.cut_body = 1'000}};
    const auto failed = on.get(once());
    CHECK_FALSE(failed.ok());
    on.server.become_honest();
    on.server.object = first;
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

}  // namespace
}  // namespace ferry::test::overlap_test
