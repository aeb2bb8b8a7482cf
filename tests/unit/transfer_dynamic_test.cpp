#include <support/transfer_rig.hpp>

#include <doctest/doctest.h>

namespace ferry::test::transfer_dynamic_test {

TEST_CASE("download: dynamic content is never continued, whatever its version says") {
    for (const std::uint64_t cut : {1'000, 150'000, 900'000}) {
        CAPTURE(cut);
        rig it;
        it.options.dynamic = true;
        it.options.connections = 4;
        it.on.body = random_bytes(1'000'000);
        it.on.script = {{.cut_after = cut}, {.cut_after = cut / 2, .first = [&] {
                                                 it.on.body = random_bytes(1'000'000);
                                             }}};
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.on.requests.size() == 3);
        for (const auto& one : it.on.requests) CHECK_FALSE(one.ranged);
        CHECK(it.status.bytes_resumed == 0);
        CHECK(it.status.bytes_discarded == cut + cut / 2);
    }
}

TEST_CASE(
    "download: dynamic content replaces what an earlier run left, and its length may change") {
    rig it;
    it.on.body = random_bytes(500'000);
    it.interrupt_after(300'000);
    it.options.dynamic = true;
    it.on.body = random_bytes(200'000);
    it.on.tells_size = false;
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.on.requests.size() == 1);
}

TEST_CASE("download: dynamic content may be different as often as it is asked for") {
    rig it;
    it.options.dynamic = true;
    for (int i = 0; i < 12; ++i)
        it.on.script.push_back(
            {.cut_after = 1'000, .first = [&] { it.on.body = random_bytes(50'000); }});
    it.on.body = random_bytes(50'000);
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
}

}  // namespace ferry::test::transfer_dynamic_test
