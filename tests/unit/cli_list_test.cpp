#include "cli/control/document.hpp"
#include "cli/jobs/job_selection.hpp"
#include "cli/jobs/wildcard.hpp"
#include "cli/options/options_list.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::cli_list_test {

using namespace ferry::cli;
namespace json = boost::json;

namespace {

json::array jobs() {
    json::array all;
    for (const auto& [id, name] : std::vector<std::pair<const char*, const char*>>{
             {"aaaa1111-1", "Backup one"}, {"aaaa2222-2", "backup two"}, {"bbbb3333-3", "image"}})
        all.push_back(json::object{{"id", id}, {"display_name", name}});
    return all;
}

/// The ids of what is found, each followed by a blank, and then the lines about the rest.
std::string found(list_options wanted) {
    const auto selected = select_jobs(jobs(), wanted);
    std::string text;
    for (const auto& one : selected.jobs) text += std::string(text_in(one.as_object(), "id")) + " ";
    for (const auto& line : selected.missing) text += line + "\n";
    return text;
}

list_options parsed(std::vector<std::string> arguments) {
    auto options = parse_list_options(std::move(arguments));
    if (!options) FAIL(options.error().detail);
    return *std::move(options);
}

}  // namespace

TEST_CASE("cli: without names, list shows all jobs") {
    CHECK(found({}) == "aaaa1111-1 aaaa2222-2 bbbb3333-3 ");
}

TEST_CASE("cli: list finds names in any case, patterns of them, and ids") {
    CHECK(found({.names = {"IMAGE"}}) == "bbbb3333-3 ");
    CHECK(found({.names = {"BACK*"}}) == "aaaa1111-1 aaaa2222-2 ");
    CHECK(found({.names = {"backup ??e"}}) == "aaaa1111-1 ");
    CHECK(found({.ids = {"bbbb3333-3"}}) == "bbbb3333-3 ");
    CHECK(found({.ids = {"aaaa2"}}) == "aaaa2222-2 ");
}

TEST_CASE("cli: list finds a name that is exactly so alone, and ids as Windows writes them") {
    auto all = jobs();
    all.push_back(json::object{{"id", "cccc4444-4"}, {"display_name", "Image"}});
    const auto ids = [&all](list_options wanted) {
        std::string text;
        for (const auto& one : select_jobs(all, wanted).jobs)
            text += std::string(text_in(one.as_object(), "id")) + " ";
        return text;
    };
    CHECK(ids({.names = {"Image"}}) == "cccc4444-4 ");
    CHECK(ids({.names = {"IMAGE"}}) == "bbbb3333-3 cccc4444-4 ");
    CHECK(ids({.names = {"Image*"}}) == "bbbb3333-3 cccc4444-4 ");
    CHECK(ids({.ids = {"{CCCC4444-4}"}}) == "cccc4444-4 ");
}

TEST_CASE("cli: what list finds comes in the order of the jobs, and once") {
    CHECK(
        found({.names = {"image", "backup*", "*one"}, .ids = {"bbbb"}}) ==
        "aaaa1111-1 aaaa2222-2 bbbb3333-3 ");
}

TEST_CASE("cli: a name in vain is an error, a pattern in vain is not") {
    CHECK(
        found({.names = {"image", "im"}}) ==
        "bbbb3333-3 'im': no job has this name (--id takes ids; see 'ferry list')\n");
    CHECK(found({.names = {"x*", "???"}}).empty());
    CHECK(found({.names = {"\x1b"}}).starts_with("'\\x1b': no job"));
}

TEST_CASE("cli: the beginning of an id must be that of one job") {
    CHECK(found({.ids = {"cccc"}}) == "--id cccc: no such job (see 'ferry list')\n");
    CHECK(
        found({.ids = {"aaaa"}}) ==
        "--id aaaa: 2 jobs have an id that begins so (write more of it)\n");
}

TEST_CASE("cli: the options of list reach their places") {
    const auto options =
        parsed({"a*", "--id", "AB12", "b", "--id=cd", "--all-users", "--json", "-v"});
    CHECK(options.names == std::vector<std::string>{"a*", "b"});
    CHECK(options.ids == std::vector<std::string>{"ab12", "cd"});
    CHECK(options.all_users);
    CHECK(options.output.json);
    CHECK(options.output.verbose);
    CHECK(parse_list_options({"--id", ""}).error().detail.starts_with("--id: empty"));
    CHECK(parse_list_options({"--nope"}).error().detail.starts_with("--nope: unknown option"));
}

TEST_CASE("cli: in a pattern, '*' is any text and '?' one character") {
    CHECK(matches("", ""));
    CHECK(matches("*", ""));
    CHECK(matches("**", "abc"));
    CHECK(matches("a*c", "abbc"));
    CHECK(matches("a*b*c", "axbxbxc"));
    CHECK(matches("*ab", "aab"));
    CHECK(matches("?", "\xc3\xa9"));
    CHECK(matches("*?", "\xe2\x82\xac"));
    CHECK(matches("[a]", "[a]"));
    CHECK_FALSE(matches("", "a"));
    CHECK_FALSE(matches("?", ""));
    CHECK_FALSE(matches("?", "ab"));
    CHECK_FALSE(matches("a*c", "ab"));
    CHECK_FALSE(matches("a", "A"));
    CHECK_FALSE(matches("[a]", "a"));
    CHECK(is_pattern("a?"));
    CHECK_FALSE(is_pattern("a[b]"));
}

TEST_CASE("cli: a malicious pattern takes no time") {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "a*";
    CHECK_FALSE(matches(pattern + "b", std::string(5'000, 'a')));
}

}  // namespace ferry::test::cli_list_test
