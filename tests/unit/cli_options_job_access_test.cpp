#include "cli/options/options_get.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/options/options_start.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <boost/json/serialize.hpp>
#include <support/files.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test::cli_options_job_access_test {

using namespace ferry::cli;

namespace {

using words = std::vector<std::string>;

/// Environment variables for as long as the object lives.
class variables_set {
  public:
    explicit variables_set(std::vector<std::pair<std::string, std::string>> all)
        : all_(std::move(all)) {
        for (const auto& [name, value] : all_) ::setenv(name.c_str(), value.c_str(), 1);
    }
    variables_set(const variables_set&) = delete;
    variables_set& operator=(const variables_set&) = delete;
    ~variables_set() {
        for (const auto& [name, value] : all_) ::unsetenv(name.c_str());
    }

  private:
    std::vector<std::pair<std::string, std::string>> all_;
};

result<job_options> ask(job_options job, job_verb verb) {
    const variables_set here({{"FERRY_PASSWORD", "hunter2"}, {"FERRY_PROXY_PASSWORD", "hunter3"}});
    const password_variables known;
    if (auto good = obey(job, verb, known); !good) return good.error();
    CHECK(boost::json::serialize(job.settings).find("hunter") == std::string::npos);
    job_settings read;
    const auto read_back = read_settings(job.settings, read);
    if (verb == job_verb::create) CHECK_MESSAGE(read_back.has_value(), read_back.error().detail);
    return job;
}

result<job_options> created(words arguments) {
    arguments.push_back("http://h/f");
    auto options = parse_start_options(std::move(arguments));
    if (!options) return options.error();
    return ask(std::move(options->how.job), job_verb::create);
}

result<job_options> changed(words arguments) {
    arguments.push_back("job");
    auto options = parse_set_options(std::move(arguments));
    if (!options) return options.error();
    return ask(std::move(options->job), job_verb::change);
}

std::string settings(const result<job_options>& job) {
    REQUIRE_MESSAGE(job.has_value(), job.error().detail);
    return boost::json::serialize(job->settings);
}

std::string refused(const result<job_options>& job) {
    REQUIRE_FALSE(job.has_value());
    CHECK(job.error().code == errc::bad_argument);
    CHECK(job.error().detail.find("hunter") == std::string::npos);
    return job.error().detail;
}

secret_changes secrets(const result<job_options>& job) {
    REQUIRE_MESSAGE(job.has_value(), job.error().detail);
    return job->secrets;
}

std::string keep(const test::temp_dir& in, const std::string& name, const std::string& text) {
    const auto file = (in / name).string();
    test::spill(file, text + "\n");
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    return file;
}

}  // namespace

TEST_CASE("cli: a new job without such options has none of their settings and no secret") {
    const auto job = created({});
    CHECK(settings(job) == "{}");
    CHECK(secrets(job).empty());
}

TEST_CASE("cli: who we are becomes settings, and what proves it secrets") {
    const auto job = created(
        {"--credential", "ann", "--authentication", "digest", "--proxy-credential", "bob",
         "--proxy-authentication", "basic"});
    CHECK(
        settings(job) ==
        R"({"authentication":"digest","user":"ann","proxy_authentication":"basic",)"
        R"("proxy_user":"bob"})");
    CHECK(
        secrets(job) ==
        secret_changes{{"password", secret("hunter2")}, {"proxy-password", secret("hunter3")}});
}

TEST_CASE("cli: a password is read from where it is said to be, now") {
    const test::temp_dir dir;
    const auto file = keep(dir, "password", "hunter4");
    CHECK(
        secrets(created({"--credential", "ann", "--password-file", file})) ==
        secret_changes{{"password", secret("hunter4")}});
    CHECK(
        secrets(created({"--bearer-file", file})) == secret_changes{{"bearer", secret("hunter4")}});
    const auto netrc = keep(dir, "netrc", "machine h login ann password hunter5");
    const auto logins = pack_logins({{"h", "ann", secret("hunter5")}});
    CHECK(secrets(created({"--netrc-file", netrc})) == secret_changes{{"logins", logins}});
    CHECK(refused(created({"--credential", "ann", "--password-file", "/no/such"}))
              .starts_with("--password-file: no file that can be read"));
    CHECK(
        refused(created({"--password-file", file})) ==
        "--password-file: whose is it? (add --credential USER)");
    CHECK(
        refused(created({"--authentication", "basic"})) ==
        "--authentication: for whom? (add --credential USER)");
}

TEST_CASE("cli: Kerberos needs no password: the ticket is the daemon's to find") {
    const auto job = created({"--authentication", "negotiate", "--credential", "ann"});
    CHECK(settings(job) == R"({"authentication":"negotiate","user":"ann"})");
    CHECK(secrets(job).empty());
}

TEST_CASE("cli: certificates are named, and read by the daemon; the password of a key is not") {
    const test::temp_dir dir;
    const auto file = keep(dir, "password", "hunter4");
    const std::string pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const auto job = created(
        {"--cert", file, "--key", file, "--key-password-file", file, "--pin", pin, "--crl-file",
         file, "--security-flags", "cn,date"});
    CHECK(
        settings(job) == R"({"certificate":")" + file + R"(","key":")" + file +
                             R"(","crl_file":")" + file + R"(","pins":[")" + pin +
                             R"("],"security_flags":6})");
    CHECK(secrets(job) == secret_changes{{"key-password", secret("hunter4")}});
    CHECK(refused(created({"--cert", "/no/such"})).find("No such file") != std::string::npos);
    CHECK(refused(created({"--cert", "-"})) == "--cert: not from standard input (name a file)");
    CHECK(refused(created({"--insecure", "--crl-file", file})).starts_with("--insecure with"));
}

TEST_CASE("cli: the proxies of the environment go with a new job, their passwords as secrets") {
    const variables_set here(
        {{"http_proxy", "http://me:hunter6@p:1"}, {"https_proxy", "q:2"}, {"no_proxy", "local"}});
    for (const auto& arguments : {words{}, words{"--proxy-usage", "system"}}) {
        const auto job = created(arguments);
        auto told = job->settings;
        told.stable_erase("proxy_usage");
        CHECK(
            boost::json::serialize(told) ==
            R"({"http_proxy":"http://p:1","https_proxy":"q:2","no_proxy":"local"})");
        CHECK(secrets(job) == secret_changes{{"http_proxy", secret("http://me:hunter6@p:1")}});
    }
    for (const std::string how : {"none", "auto"}) {
        const auto job = created({"--proxy-usage", how});
        CHECK(settings(job) == R"({"proxy_usage":")" + how + "\"}");
        CHECK(secrets(job).empty());
    }
    CHECK(
        settings(created(
            {"--proxy-usage", "override", "--proxy-list", "p:1", "--proxy-list", "q:2",
             "--proxy-bypass", "h"})) ==
        R"({"proxy_usage":"override","proxy_list":["p:1","q:2"],"proxy_bypass":["h"]})");
    CHECK(
        refused(created({"--proxy-usage", "override"})) ==
        "--proxy-usage override: by which proxy? (add --proxy-list HOST:PORT)");
}

TEST_CASE("cli: content is asked for as with get") {
    CHECK(settings(created({"--http-method", "POST"})) == R"({"method":"POST"})");
    CHECK(settings(created({"--dynamic"})) == R"({"dynamic":true})");
    CHECK(settings(created({"--range", "0-9", "--range", "20-"})) == R"({"ranges":["0-9","20-"]})");
    CHECK(refused(created({"--range", "0-9", "--dynamic"})).starts_with("--range: not of content"));
}

TEST_CASE("cli: a job has the ticket cache of who leaves it") {
    const auto cache_with = [](const std::string& name) {
        const variables_set here({{"KRB5CCNAME", name}});
        const auto job = created({});
        REQUIRE(job.has_value());
        CHECK(
            settings(changed({"--authentication", "negotiate"})) ==
            R"({"authentication":"negotiate","ticket_cache":)" +
                boost::json::serialize(job->settings.at("ticket_cache")) + "}");
        CHECK(settings(changed({"--priority", "low"})) == "{}");
        return std::string(job->settings.at("ticket_cache").as_string());
    };
    CHECK(cache_with("DIR:/run/tickets") == "DIR:/run/tickets");
    CHECK(cache_with("FILE:/tmp/tickets") == "FILE:/tmp/tickets");
    const auto here = std::filesystem::current_path().string();
    CHECK(cache_with("FILE:tickets") == "FILE:" + here + "/tickets");
    CHECK(cache_with("tickets") == here + "/tickets");
    CHECK(settings(created({})) == "{}");
}

TEST_CASE("cli: whole folders are continued unless something else is asked for") {
    CHECK(settings(created({"--recursive"})) == R"({"existing":"update"})");
    CHECK(settings(created({"--recursive", "--existing", "skip"})) == R"({"existing":"skip"})");
}

TEST_CASE("cli: set changes what is named, and completes what the job has") {
    const variables_set here({std::pair{"http_proxy", "http://me:hunter6@p:1"}});
    CHECK(settings(changed({"--priority", "low"})) == "{}");
    CHECK(secrets(changed({"--priority", "low"})).empty());
    CHECK(settings(changed({"--authentication", "basic"})) == R"({"authentication":"basic"})");
    CHECK(secrets(changed({"--authentication", "basic"})).empty());
    CHECK(settings(changed({"--proxy-list", "p:1"})) == R"({"proxy_list":["p:1"]})");
    CHECK(settings(changed({"--http-method", "GET"})) == R"({"method":""})");
    CHECK(settings(changed({"--no-dynamic"})) == R"({"dynamic":false})");
    CHECK(settings(changed({"--security-flags", "0"})) == R"({"security_flags":0})");
    CHECK(secrets(changed({"--no-netrc"})) == secret_changes{{"logins", std::nullopt}});
    CHECK(
        secrets(changed({"--credential", "ann", "--authentication", "negotiate"})) ==
        secret_changes{{"password", std::nullopt}});
    CHECK(
        secrets(changed({"--proxy-usage", "system"})) ==
        secret_changes{
            {"http_proxy", secret("http://me:hunter6@p:1")},
            {"https_proxy", std::nullopt},
            {"all_proxy", std::nullopt}});
    CHECK(
        settings(changed({"--proxy-usage", "none"})) ==
        R"({"proxy_usage":"none","http_proxy":"","https_proxy":"","all_proxy":"","no_proxy":""})");
    CHECK_FALSE(secrets(changed({"--proxy-usage", "none"})).at("http_proxy"));
}

TEST_CASE("cli: set forgets who we are, with what proves it") {
    const auto job = changed(
        {"--clear", "credential,proxy-credential", "--clear", "bearer-file,netrc,key,range,pin"});
    CHECK(settings(job) == R"({"user":"","proxy_user":"","key":"","ranges":[],"pins":[]})");
    CHECK(
        secrets(job) == secret_changes{
                            {"password", std::nullopt},
                            {"proxy-password", std::nullopt},
                            {"bearer", std::nullopt},
                            {"logins", std::nullopt},
                            {"key-password", std::nullopt}});
    CHECK(settings(changed({"--clear", "authentication"})) == R"({"authentication":null})");
    CHECK(
        refused(changed({"--clear", "credential", "--credential", "ann"})) ==
        "--clear credential: it is also set");
}

TEST_CASE("cli: a get that is left to the daemon takes its secrets along") {
    auto options = parse_get_options({"http://h/f", "--asynchronous", "--credential", "ann"});
    REQUIRE(options.has_value());
    const auto job = ask(options->job, job_verb::create);
    CHECK(settings(job) == R"({"user":"ann"})");
    CHECK(secrets(job) == secret_changes{{"password", secret("hunter2")}});
}

}  // namespace ferry::test::cli_options_job_access_test
