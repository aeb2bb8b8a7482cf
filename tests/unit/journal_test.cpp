#include <ferry/journal.hpp>

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace ferry::test::journal_test {
namespace {

journal example() {
    journal record;
    record.url = "https://h/f";
    record.size = 18'446'744'073'709'551'614U;
    record.version = {"\"a\\b\"", true, "Mon, 01 Jan 2024 00:00:00 GMT"};
    record.durable.add({0, 10});
    record.durable.add({20, 18'446'744'073'709'551'614U});
    record.inode = 42;
    record.boot = "4c3b";
    record.job = "123e4567-e89b-42d3-a456-426614174000";
    return record;
}

}  // namespace

TEST_CASE("journal: what is written is what is read") {
    test::temp_dir dir;
    const auto path = dir / ".f.ferry-part.json";
    for (const bool durable : {true, false}) {
        REQUIRE(write_journal(path, example(), durable).has_value());
        const auto read = read_journal(path);
        REQUIRE(read.has_value());
        CHECK(*read == example());
    }
    auto unsized = example();
    unsized.size.reset();
    unsized.job.clear();
    CHECK(*parse_journal(to_json(unsized)) == unsized);
}

TEST_CASE("journal: only its owner can read it, and no temporary is left") {
    test::temp_dir dir;
    const auto path = dir / ".f.ferry-part.json";
    REQUIRE(write_journal(path, example(), true).has_value());
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(dir / ".f.ferry-part.json.tmp"));
}

TEST_CASE("journal: every prefix of one is refused, and every changed byte is survived") {
    const auto whole = to_json(example());
    for (std::size_t n = 0; n < whole.size(); ++n)
        CHECK_FALSE(parse_journal(std::string_view(whole).substr(0, n)).has_value());
    for (std::size_t n = 0; n < whole.size(); ++n) {
        auto changed = whole;
        changed[n] = static_cast<char>(changed[n] ^ 0x15);
        static_cast<void>(parse_journal(changed));
    }
}

TEST_CASE("journal: ranges that are out of order, overlap or pass the end are refused") {
    const auto with = [](const std::string& durable) {
        return parse_journal(
            R"({"v":1,"url":"","size":100,"tag":"","weak":false,"date":"","inode":1,"boot":"",)"
            R"("durable":)" +
            durable + "}");
    };
    CHECK(with("[[0,10],[20,100]]").has_value());
    for (const char* bad :
         {"[[20,30],[0,10]]", "[[0,10],[5,20]]", "[[0,101]]", "[[10,10]]", "[[10,5]]", "[[0]]",
          "[[-1,5]]", "[[0,1.5]]", "[0,1]", "{}", "null", "[[0,99999999999999999999999]]"})
        CHECK_FALSE(with(bad).has_value());
}

TEST_CASE("journal: another version of the format, or none, is refused") {
    auto text = to_json(example());
    text.replace(text.find("\"v\":1"), 5, "\"v\":2");
    CHECK_FALSE(parse_journal(text).has_value());
    for (const char* bad : {"", "{}", "[]", "null", "{\"v\":1}", "\xff\xfe"})
        CHECK_FALSE(parse_journal(bad).has_value());
}

TEST_CASE("journal: a link in its place is not followed") {
    test::temp_dir dir;
    test::spill(dir / "elsewhere", to_json(example()));
    std::filesystem::create_symlink(dir / "elsewhere", dir / "j");
    CHECK_FALSE(read_journal(dir / "j").has_value());
    REQUIRE(write_journal(dir / "j", journal(), true).has_value());
    CHECK(test::slurp(dir / "elsewhere") == to_json(example()));
}

}  // namespace ferry::test::journal_test
