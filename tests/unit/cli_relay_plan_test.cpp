#include "cli/get/relay_plan.hpp"

#include "cli/get/plan.hpp"
#include "cli/sources/server_place.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::cli_relay_plan_test {

using namespace ferry::cli;
using words = std::vector<std::string>;

namespace {

/// A share that has two files, one of them in a folder.
result<folder_listing> list(const url& folder) {
    using type = folder_entry::type;
    folder_listing all;
    if (folder.path == "/s/in")
        all.entries = {{"b c", type::file, false, ""}};
    else
        all.entries = {{"a", type::file, false, ""}, {"in", type::folder, false, "1"}};
    return all;
}

/// "SOURCE > DESTINATION" for each, or what is wrong.
words planned(words arguments) {
    auto options = parse_get_options(std::move(arguments)).value();
    auto share = take_share(options);
    if (!share) return {share.error().detail};
    if (!*share) return {"they come here"};
    const auto plan = plan_relays(options, entries_of(options).value(), **share, list);
    if (!plan) return {plan.error().detail};
    words all;
    for (const auto& one : plan->folders.there) all.push_back(to_string(one.where));
    for (const auto& one : plan->items)
        all.push_back(to_string(*one.from) + " > " + to_string(one.remote));
    return all;
}

}  // namespace

TEST_CASE("get to a share: -d names a folder, -o a file, and a last folder is where all goes") {
    const words both = {"http://h/a > smb://nas/s/d/a", "http://h/b > smb://nas/s/d/b"};
    CHECK(planned({"http://h/a", "http://h/b", "-d", "smb://nas/s/d"}) == both);
    CHECK(planned({"http://h/a", "http://h/b", "smb://nas/s/d/"}) == both);
    CHECK(planned({"http://h/a", "http://h/b", "\\\\nas\\s\\d\\"}) == both);
    CHECK(planned({"http://h/a", "-o", "smb://nas/s/x"}) == words{"http://h/a > smb://nas/s/x"});
    CHECK(planned({"http://h/a", "-d", "smb://nas/s"}) == words{"http://h/a > smb://nas/s/a"});
}

TEST_CASE("get to a share: what else ends with a share is a source") {
    const words here = {"they come here"};
    CHECK(planned({"http://h/a", "smb://nas/s/b"}) == here);
    CHECK(planned({"smb://nas/s/d/"}) == here);
    CHECK(planned({"http://h/a", "smb://nas/s/d/", "-d", "x"}) == here);
    const words both = {"--recursive", "smb://nas/s/c", "smb://nas/s/d/"};
    CHECK(planned(both).front().find("a source or the destination?") != std::string::npos);
}

TEST_CASE("get to a share: wildcards and folders of other shares keep their structure") {
    CHECK(planned({"smb://h/s/*", "-d", "smb://nas/t/"}) == words{"smb://h/s/a > smb://nas/t/a"});
    CHECK(
        planned({"--recursive", "smb://h/s", "-d", "smb://nas/t/"}) ==
        words{
            "smb://nas/t/s", "smb://nas/t/s/in", "smb://h/s/a > smb://nas/t/s/a",
            "smb://h/s/in/b%20c > smb://nas/t/s/in/b%20c"});
    CHECK(
        planned({"-r", "http://h/a", "-d", "smb://nas/t/"}).front().find("not for URLs") !=
        std::string::npos);
}

TEST_CASE("get to a share: what makes no sense is refused") {
    const auto refused = [](words arguments, const std::string& why) {
        return planned(std::move(arguments)).front().find(why) != std::string::npos;
    };
    CHECK(refused({"http://h/a", "http://g/a", "-d", "smb://nas/s/"}, "a second file"));
    CHECK(refused({"http://h/a", "http://h/b", "-o", "smb://nas/s/x"}, "several URLs"));
    CHECK(refused({"/tmp/a", "-d", "smb://nas/s/"}, "ferry put"));
    CHECK(refused({"http://h/", "-d", "smb://nas/s/"}, "no file name"));
    CHECK(refused({"http://h/a", "-d", "http://nas/s/"}, "no share"));
    CHECK(refused({"http://h/a", "-d", "smb://nas/s/", "--content-disposition"}, "--content"));
    const auto sum = "md5:" + std::string(32, '0');
    CHECK(refused({"http://h/a", "-d", "smb://nas/s/", "--checksum", sum}, "--checksum"));
}

TEST_CASE("credentials: it is always clear whom they are for") {
    CHECK(check_credentials({{"credential", "me"}}, false).has_value());
    CHECK_FALSE(check_credentials({{"credential", "me"}}, true).has_value());
    CHECK(check_credentials({{"source-credential", "me"}}, true).has_value());
    CHECK(check_credentials({{"destination-credential", "me"}}, true).has_value());
    CHECK_FALSE(check_credentials({{"source-credential", "me"}}, false).has_value());
    CHECK_FALSE(check_credentials({{"destination-credential", "me"}}, false).has_value());
}

}  // namespace ferry::test::cli_relay_plan_test
