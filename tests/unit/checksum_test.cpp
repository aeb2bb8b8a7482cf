#include <ferry/checksum.hpp>

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry::test::checksum_test {
namespace {

result<checksum> digest_of(std::string_view content, const std::string& algorithm) {
    const temp_dir dir;
    spill(dir / "f", content);
    const int file = open((dir / "f").c_str(), O_RDONLY);
    auto sum = checksum_of_file(file, algorithm);
    close(file);
    return sum;
}

}  // namespace

TEST_CASE("checksum: the published test vectors of each algorithm come out") {
    const std::vector<std::pair<const char*, const char*>> abc = {
        {"md5", "900150983cd24fb0d6963f7d28e17f72"},
        {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"sha512",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (const auto& [algorithm, hex] : abc)
        CHECK(digest_of("abc", algorithm).value() == checksum{algorithm, hex});
    CHECK(
        digest_of("", "sha256").value().hex ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(
        digest_of(std::string(1'000'000, 'a'), "sha256").value().hex ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("checksum: the file is read from its start, wherever its position is") {
    const temp_dir dir;
    spill(dir / "f", "abc");
    const int file = open((dir / "f").c_str(), O_RDONLY);
    lseek(file, 2, SEEK_SET);
    const auto first = checksum_of_file(file, "md5").value();
    CHECK(first.hex == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(checksum_of_file(file, "md5").value() == first);
    CHECK(lseek(file, 0, SEEK_CUR) == 2);
    close(file);
}

TEST_CASE("checksum: what cannot be read is an error of the local file") {
    const auto got = checksum_of_file(-1, "sha256");
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == std::errc::bad_file_descriptor);
    CHECK(got.error().context == error_context::local_file);
    CHECK(checksum_of_file(0, "crc32").error().code == errc::bad_argument);
}

TEST_CASE("checksum: parsing ignores case and writes lower case") {
    const auto got = parse_checksum("MD5:900150983CD24FB0D6963F7D28E17F72").value();
    CHECK(got == checksum{"md5", "900150983cd24fb0d6963f7d28e17f72"});
    CHECK(to_string(got) == "md5:900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("checksum: what cannot be one is refused, with the right form in the text") {
    for (const auto* bad :
         {"", "abc", "sha256", "sha256:", "sha256:12", ":00", "crc32:00000000",
          "md5:900150983cd24fb0d6963f7d28e17f7", "md5:900150983cd24fb0d6963f7d28e17f7g",
          "md5: 900150983cd24fb0d6963f7d28e17f7"}) {
        const auto got = parse_checksum(bad);
        REQUIRE_FALSE_MESSAGE(got.has_value(), bad);
        CHECK(got.error().code == errc::bad_argument);
    }
    CHECK(describe(parse_checksum("md5:1").error()).find("32 hex") != std::string::npos);
}

}  // namespace ferry::test::checksum_test
