#include <ferry/secret_box.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace ferry::test::secret_box_test {
namespace {

secret_box box(char fill = 'k') {
    return secret_box::with(secret(std::string(secret_box::key_size, fill))).value();
}

std::string sealed(std::string text, std::string_view purpose = "for me") {
    return box().seal(secret(std::move(text)), purpose).value();
}

void check_refused(const result<secret>& opened) {
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == errc::malformed);
}

}  // namespace

TEST_CASE("secret box: what was sealed is opened with the same key for the same purpose") {
    for (const auto& text :
         {std::string(), std::string("x"), std::string("top secret"), std::string("\0\xff\n", 3),
          std::string(100'000, 'y')})
        CHECK(box().open(sealed(text), "for me").value() == secret(text));
    check_refused(box('j').open(sealed("top secret"), "for me"));
    check_refused(box().open(sealed("top secret"), "for you"));
    check_refused(box().open(sealed("top secret"), ""));
}

TEST_CASE("secret box: the same text is never sealed twice in the same way, and never shows") {
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) all.insert(sealed("top secret"));
    CHECK(all.size() == 100);
    const std::string hex = "746f7020736563726574";  // of the text
    for (const auto& one : all) {
        CHECK(one.find(hex) == std::string::npos);
        CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
    }
}

TEST_CASE("secret box: a change of any byte, in any way, is noticed") {
    const auto good = sealed("top secret");
    for (std::size_t i = 0; i < good.size(); ++i)
        for (int bit = 1; bit < 256; bit <<= 1) {
            auto other = good;
            other[i] = static_cast<char>(other[i] ^ bit);
            check_refused(box().open(other, "for me"));
        }
}

TEST_CASE("secret box: what is too short or too long is noticed") {
    const auto good = sealed("top secret");
    for (std::size_t size = 0; size < good.size(); ++size) {
        check_refused(box().open(good.substr(0, size), "for me"));
        check_refused(box().open(good.substr(good.size() - size), "for me"));
    }
    for (const auto* more : {"0", "00", " ", "\n"})
        check_refused(box().open(good + more, "for me"));
    check_refused(box().open(good + good, "for me"));
}

TEST_CASE("secret box: a key has 32 bytes") {
    for (const std::size_t size : {0, 1, 16, 31, 33, 64}) {
        const auto made = secret_box::with(secret(std::string(size, 'k')));
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::malformed);
    }
}

}  // namespace ferry::test::secret_box_test
