#include "cli/help.hpp"
#include "cli/verb.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace ferry::test::cli_verb_test {

using namespace ferry::cli;

namespace {

exit_code run_nothing(arguments) { return exit_code::done; }
std::string no_help() { return "help of a verb\n"; }

constexpr verb known[] = {
    {verb_group::here, "get", "download files", run_nothing, no_help},
    {verb_group::jobs, "start", "make a job", run_nothing, no_help},
    {verb_group::jobs, "list", "show the jobs", run_nothing, no_help},
    {verb_group::daemon, "limit", "the shared rate", run_nothing, no_help},
};

command asked(arguments args) {
    auto read = read_command(known, std::move(args));
    if (!read) FAIL(read.error().detail);
    return *std::move(read);
}

/// The verb and its arguments, in a line.
std::string run_by(arguments args) {
    const auto read = asked(std::move(args));
    REQUIRE(read.what != nullptr);
    std::string line(read.what->name);
    for (const auto& one : read.args) line += " " + one;
    return line;
}

std::string printed_by(arguments args) {
    const auto read = asked(std::move(args));
    CHECK(read.what == nullptr);
    return read.text;
}

std::string error_of(arguments args) {
    const auto read = read_command(known, std::move(args));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ferry::errc::bad_argument);
    return read.error().detail;
}

}  // namespace

TEST_CASE("cli: a verb gets what stands behind it") {
    CHECK(run_by({"get", "-o", "f", "http://h/f"}) == "get -o f http://h/f");
    CHECK(run_by({"list"}) == "list");
}

TEST_CASE("cli: help is printed wherever it is asked for, also beside wrong options") {
    CHECK(printed_by({"get", "--nope", "-h"}) == "help of a verb\n");
    CHECK(printed_by({"get", "--help"}) == "help of a verb\n");
    CHECK(printed_by({"help", "get"}) == "help of a verb\n");
    CHECK(run_by({"get", "--", "-h"}) == "get -- -h");
    for (const auto& args : {arguments{}, {"-h"}, {"--help"}, {"help"}})
        CHECK(printed_by(args) == general_help(known));
    CHECK(printed_by({"--version"}).starts_with("ferry "));
}

TEST_CASE("cli: the general help shows each verb once, in the section of its group") {
    const auto help = general_help(known);
    const auto place = [&](const char* text) {
        CAPTURE(text);
        REQUIRE(help.find(text) != help.npos);
        CHECK(help.find(text) == help.rfind(text));
        return help.find(text);
    };
    CHECK(place("Transfer now") < place("\n  get       download files\n"));
    CHECK(place("\n  get ") < place("Jobs in the background"));
    CHECK(place("Jobs in the background") < place("\n  start     make a job\n"));
    CHECK(place("\n  start ") < place("\n  list "));
    CHECK(place("\n  list ") < place("The daemon"));
    CHECK(place("The daemon") < place("\n  limit "));
}

TEST_CASE("cli: an unknown verb is an error that names those that there are") {
    CHECK(error_of({"gte"}) == "gte: unknown verb (the verbs are get, start, list, limit, help)");
    CHECK(error_of({"help", "gte"}).starts_with("gte: unknown verb"));
    CHECK(error_of({"-q"}).starts_with("-q: unknown option before the verb"));
    CHECK(error_of({"\x1b[2J"}).starts_with("\\x1b[2J: unknown verb"));
}

TEST_CASE("cli: a verb or cmdlet that is nearly one is suggested") {
    CHECK(error_of({"lst"}) == "lst: unknown verb (did you mean list?)");
    CHECK(error_of({"Start"}) == "Start: unknown verb (did you mean start?)");
    CHECK(
        error_of({"Start-BitTransfer"}) ==
        "Start-BitTransfer: unknown verb (did you mean Start-BitsTransfer?)");
    CHECK(
        error_of({"import-csv", "f"}) ==
        "import-csv: no cmdlet of BitsTransfer (write 'ferry import FILE.csv')");
    CHECK(error_of({"\u2013-help"}).find("U+2013") != std::string::npos);
}

TEST_CASE("cli: the options of every verb may stand before it, and --version anywhere") {
    CHECK(run_by({"--json", "list", "x"}) == "list --json x");
    CHECK(
        run_by({"-q", "-v", "--progress", "none", "list"}) ==
        "list --quiet --verbose --progress=none");
    CHECK(run_by({"--quiet", "Get-BitsTransfer", "x"}) == "list --quiet x");
    CHECK(printed_by({"--json", "list", "-h"}) == "help of a verb\n");
    CHECK(printed_by({"-q", "--json", "help", "list"}) == "help of a verb\n");
    CHECK(printed_by({"-v", "--help"}) == general_help(known));
    CHECK(printed_by({"list", "--version"}).starts_with("ferry "));
    CHECK(printed_by({"--json", "--version"}).starts_with("ferry "));
    CHECK(run_by({"list", "--", "--version"}) == "list -- --version");
}

TEST_CASE("cli: what is planned is not called unknown") {
    CHECK(error_of({"session", "list"}) == "session: not yet supported (see 'ferry help')");
    CHECK(error_of({"session", "list"}).starts_with("session: not yet supported"));
    CHECK(error_of({"help", "session"}).starts_with("session: not yet supported"));
    CHECK(error_of({"list", "--host", "h"}) == "--host: not yet supported (leave it out)");
    CHECK(error_of({"get", "--session=s", "u"}).starts_with("--session: not yet supported"));
    CHECK(error_of({"Get-BitsTransfer", "--host", "h"}).starts_with("--host: not yet supported"));
    CHECK(run_by({"list", "--", "--host"}) == "list -- --host");
    CHECK(run_by({"list", "--hosts"}) == "list --hosts");
}

TEST_CASE("cli: a cmdlet is the verb that it stands for, in any case") {
    CHECK(
        run_by({"start-bitstransfer", "-Source", "http://h/a", "-Priority", "Low"}) ==
        "start --source http://h/a --priority low");
    CHECK(run_by({"Get-BitsTransfer", "a*"}) == "list a*");
    CHECK(error_of({"Get-BitsTransfer", "-Nope"}).starts_with("-Nope: "));
}

TEST_CASE("cli: -h is help of a cmdlet only where no parameter begins so") {
    CHECK(
        run_by({"Start-BitsTransfer", "-h", "PUT", "http://h/a"}) ==
        "start --source http://h/a --http-method PUT");
    CHECK(printed_by({"Get-BitsTransfer", "-h"}).find("-AllUsers") != std::string::npos);
    for (const auto& args :
         {arguments{"Start-BitsTransfer", "-?"},
          {"Start-BitsTransfer", "-Source", "a", "--help"},
          {"help", "START-BitsTransfer"}})
        CHECK(printed_by(args).find("-HttpMethod") != std::string::npos);
}

TEST_CASE("cli: the help of a cmdlet has all its parameters, and fits into 100 columns") {
    for (const auto& one : cmdlets()) {
        const auto help = cmdlet_help(one);
        CHECK(help.find("ferry " + std::string(one.verb)) != help.npos);
        for (const auto table : {one.parameters, one.common})
            for (const auto& parameter : table) {
                CAPTURE(parameter.name);
                CHECK(help.find("-" + std::string(parameter.name)) != help.npos);
                CHECK(help.find(std::string(parameter.option)) != help.npos);
            }
        std::istringstream lines(help + general_help(known));
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
    }
}

}  // namespace ferry::test::cli_verb_test
