#include <ferry/slices.hpp>

#include <support/transfer_rig.hpp>

#include <doctest/doctest.h>

namespace ferry::test::slices_test {

namespace {

slices parts_of(std::initializer_list<const char*> texts) {
    slices parts;
    for (const std::string_view text : texts) REQUIRE(parts.add(text).has_value());
    return parts;
}

/// What the parts of `body` make.
std::string laid_together(const std::string& body, std::initializer_list<const char*> texts) {
    std::string whole;
    for (const std::string text : texts) {
        const auto first = std::stoull(text);
        const auto rest = text.substr(text.find('-') + 1);
        whole += body.substr(first, rest.empty() ? body.npos : std::stoull(rest) - first + 1);
    }
    return whole;
}

}  // namespace

TEST_CASE("slices: what is a range, and what is none") {
    for (const auto* good : {"0-0", "0-99", "5-", "18446744073709551612-18446744073709551613"}) {
        CAPTURE(good);
        CHECK(slices().add(good).has_value());
    }
    for (const auto* bad :
         {"", "-", "-5", "5", "9-8", "a-b", "1-2-3", " 1-2", "1-2 ", "+1-2", "0x1-2", "1,2",
          "18446744073709551615-", "99999999999999999999-"}) {
        CAPTURE(bad);
        CHECK(slices().add(bad).error().code == errc::bad_argument);
    }
    auto open = parts_of({"0-1", "5-"});
    CHECK(open.add("7-8").error().code == errc::bad_argument);
    CHECK(open.to_string() == "0-1,5-");
    slices many;
    for (std::size_t i = 0; i < slices::most; ++i) {
        const auto at = std::to_string(i);
        REQUIRE(many.add(at + "-" + at).has_value());
    }
    CHECK(many.add("9999-9999").error().code == errc::bad_argument);
}

TEST_CASE("slices: no byte is in two of them; neighbours are no overlap") {
    for (const auto* other : {"10-19", "0-10", "19-30", "12-15", "5-", "19-"}) {
        CAPTURE(other);
        auto parts = parts_of({"10-19"});
        CHECK(parts.add(other).error().code == errc::bad_argument);
        CHECK(parts.to_string() == "10-19");
    }
    CHECK(parts_of({"10-19", "0-9", "20-"}).to_string() == "10-19,0-9,20-");
}

TEST_CASE("slices: a range of the whole is found part by part") {
    const auto parts = parts_of({"10-19", "5-7", "30-"});
    const auto find = [&](std::uint64_t first, std::uint64_t end) {
        return parts.find({first, end}).there;
    };
    CHECK(find(0, 10) == byte_range{10, 20});
    CHECK(find(0, 12) == byte_range{10, 20});
    CHECK(find(3, 5) == byte_range{13, 15});
    CHECK(find(10, byte_range::open_end) == byte_range{5, 8});
    CHECK(find(12, 20) == byte_range{7, 8});
    CHECK(find(13, 20) == byte_range{30, 37});
    CHECK(find(20, byte_range::open_end) == byte_range{37, byte_range::open_end});
    CHECK(parts_of({"0-4"}).find({5, 9}).there.empty());
    CHECK(parts.size(std::nullopt) == std::nullopt);
    CHECK(parts.size(40) == 23);
    CHECK_FALSE(parts.outside(31).has_value());
    CHECK(parts.outside(30) == byte_range{30, byte_range::open_end});
    CHECK(parts.outside(19) == byte_range{10, 20});
}

TEST_CASE("download: parts of an object arrive in their order, one after the other") {
    for (const bool strong : {true, false})
        for (const unsigned connections : {1U, 4U}) {
            CAPTURE(strong);
            CAPTURE(connections);
            rig it;
            it.on.body = random_bytes(3'000'000);
            it.on.version.weak = !strong;
            it.options.connections = connections;
            it.options.parts = parts_of({"100-199", "0-9", "1000000-2499999", "10-19", "2999990-"});
            const auto got = it.get();
            CHECK_MESSAGE(got.has_value(), (got ? "" : got.error().detail));
            const auto whole = laid_together(
                it.on.body, {"100-199", "0-9", "1000000-2499999", "10-19", "2999990-"});
            CHECK(slurp(it.file()) == whole);
            CHECK(it.nothing_left());
            CHECK(it.status.bytes_total == whole.size());
        }
}

TEST_CASE("download: parts that were cut anywhere go on from there") {
    for (const bool strong : {true, false})
        for (std::uint64_t cut = 0; cut < 100'000; cut += 7'919) {
            CAPTURE(strong);
            CAPTURE(cut);
            rig it;
            it.on.body = random_bytes(400'000);
            it.on.version.weak = !strong;
            it.options.parts = parts_of({"300000-399999", "0-99999"});
            it.interrupt_after(cut);
            REQUIRE(it.get().has_value());
            CHECK(slurp(it.file()) == laid_together(it.on.body, {"300000-399999", "0-99999"}));
        }
}

TEST_CASE("download: what was kept of other parts, or of the whole, is not mixed in") {
    rig it;
    it.on.body = random_bytes(400'000);
    it.options.parts = parts_of({"300000-399999"});
    it.interrupt_after(50'000);
    it.options.parts = parts_of({"200000-299999"});
    REQUIRE(it.get().has_value());
    CHECK(slurp(it.file()) == it.on.body.substr(200'000, 100'000));
}

TEST_CASE("download: another version between two parts begins anew") {
    rig it;
    it.on.body = random_bytes(400'000);
    it.options.parts = parts_of({"300000-399999", "0-99999"});
    const auto second = random_bytes(400'000);
    it.on.script = {{}, {.first = [&] {
                        it.on.body = second;
                        it.on.version.tag = "\"v2\"";
                    }}};
    REQUIRE(it.get().has_value());
    CHECK(slurp(it.file()) == laid_together(second, {"300000-399999", "0-99999"}));
}

TEST_CASE("download: an object without these parts, or without any, is an error at once") {
    rig it;
    it.on.body = random_bytes(1'000);
    for (const auto* range : {"0-1000", "1000-", "2000-2001"}) {
        CAPTURE(range);
        it.options.parts = parts_of({range});
        const auto got = it.get();
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::bad_argument);
        CHECK(got.error().detail.find("has only 1000 bytes") != std::string::npos);
    }
    it.options.parts = parts_of({"5-9"});
    it.on.script = {{.ignores_range = true}};
    const auto got = it.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::unsupported);
}

}  // namespace ferry::test::slices_test
