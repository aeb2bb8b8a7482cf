#include "cli/control/daemon_access.hpp"
#include "cli/jobs/explain.hpp"
#include "cli/jobs/job_actions.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_text.hpp"
#include "cli/jobs/limit.hpp"
#include "cli/jobs/settings_text.hpp"
#include "cli/jobs/show.hpp"
#include "cli/options/options_list.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace ferry::test::cli_job_text_test {

using namespace std::chrono_literals;
using cli::exit_code;
namespace json = boost::json;

namespace {

using lines = std::vector<std::string>;

const job::time now{1'700'000'000s};  // 2023-11-14 22:13:20

job_file file_of(std::uint64_t transferred, std::optional<std::uint64_t> total) {
    job_file file;
    file.source = "http://h/f";
    file.destination = "/d/f";
    file.state = job_state::transferring;
    file.bytes_transferred = transferred;
    file.bytes_total = total;
    return file;
}

job job_in(job_state state, std::vector<job_file> files = {file_of(1 << 20, 1 << 21)}) {
    job one;
    one.id = "3f2a91c4-0000-4000-8000-000000000000";
    one.display_name = "image\x1b";
    one.state = state;
    one.owner = "me";
    one.created = now - 125s;
    one.files = std::move(files);
    return one;
}

job failed_job(job_state state, failure why) {
    auto one = job_in(state);
    one.error = job_error{std::move(why)};
    return one;
}

std::string progress(std::vector<job_file> files) {
    return cli::progress_of(summarize(job_in(job_state::queued, std::move(files))));
}

lines text_of(const job& one, bool verbose = false) {
    std::istringstream text(cli::job_text(describe(one), describe(one.settings), {now, verbose}));
    lines all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
}

bool contains(const lines& all, const std::string& line) {
    return std::find(all.begin(), all.end(), line) != all.end();
}

std::string explained(std::string_view reason, const job& one, bool verbose = false) {
    const json::object reply = {{"job", summarize(one)},     {"reason", reason},
                                {"text", "image\x1b waits"}, {"until", "2023-11-14T22:15:25.000Z"},
                                {"waits_for", nullptr},      {"host", "h"}};
    return cli::explanation_text(reply, {now, verbose});
}

}  // namespace

TEST_CASE("cli: progress is told in bytes, where sizes are not known in files") {
    CHECK(progress({}) == "no files");
    CHECK(progress({file_of(0, {})}) == "0 of 1 file");
    CHECK(progress({file_of(12 << 20, {})}) == "12.0 MiB so far");
    CHECK(progress({file_of(1, 2ULL << 30)}) == "0% of 2.0 GiB");
    CHECK(progress({file_of(0, 0)}) == "100% of 0 B");
    CHECK(progress({file_of(1, 3), file_of(1, 1)}) == "50% of 4 B");
    auto done = file_of(5, 5);
    done.state = job_state::transferred;
    CHECK(progress({done, file_of(0, {})}) == "1 of 2 files");
}

TEST_CASE("cli: 100 percent are told only when all is there") {
    const auto all = std::numeric_limits<std::uint64_t>::max();
    CHECK(progress({file_of(all - 1, all)}) == "99% of 16.0 EiB");
    CHECK(progress({file_of(999, 1000)}) == "99% of 1000 B");
}

TEST_CASE("cli: every state is explained") {
    for (std::size_t i = 0; i < job_states; ++i) {
        const auto state = static_cast<job_state>(i);
        CAPTURE(to_string(state));
        CHECK_FALSE(cli::explain_state(summarize(job_in(state))).empty());
    }
    CHECK(cli::explain_state({{"state", "Dreaming"}}).empty());
    CHECK(cli::explain_state({}).empty());
}

TEST_CASE("cli: the list notes why a job does not move, and when it will") {
    const auto note = [](const job& one) { return cli::note_on(summarize(one), now); };
    const failure busy{errc::overloaded, "GET http://h/f: 503 Busy\n"};
    auto waiting = failed_job(job_state::transient_error, busy);
    const std::string why = ": 503 Busy\\x0a: the server cannot answer now";
    CHECK(note(waiting) == "waits" + why);
    waiting.error->next_try = now + 540s;
    CHECK(note(waiting) == "next try in 9 min 0 s" + why);
    waiting.error->next_try = now - 5s;
    CHECK(note(waiting) == "next try now" + why);
    CHECK(
        note(failed_job(job_state::error, file_failure(ENOSPC, "write /d/f"))) ==
        "write /d/f: No space left on device");
    CHECK(note(failed_job(job_state::queued, busy)).empty());
    CHECK(note(job_in(job_state::transferring)).empty());
    CHECK(note(job_in(job_state::transferred)) == "waits for 'ferry complete'");
}

TEST_CASE("cli: show does not send a job to resume that cannot start") {
    auto one = job_in(job_state::suspended);
    CHECK(text_of(one).at(2).starts_with("state:       Suspended (stopped until 'ferry resume "));
    one.settings.unsupported = {{"dynamic", "true"}};
    CHECK(text_of(one).at(2) == "state:       Suspended (cannot start: see its settings)");
    one.state = job_state::error;
    CHECK(text_of(one).at(2) == "state:       Error (stopped: needs a decision)");
}

TEST_CASE("cli: show tells what matters of a job in aligned lines") {
    auto one = job_in(job_state::transferring);
    one.settings.bytes_per_second = 20 << 20;
    one.settings.unsupported = {{"dynamic", "true"}};
    CHECK(
        text_of(one) ==
        lines{
            "name:        image\\x1b", "id:          3f2a91c4-0000-4000-8000-000000000000",
            "state:       Transferring (bytes move)", "progress:    50% of 2.0 MiB",
            "type:        download", "priority:    normal", "owner:       me",
            "created:     2023-11-14 22:11:15 UTC (2 min 5 s ago)", "settings:    --limit-rate 20M",
            "             --dynamic (not yet supported)",
            "files:", "  Transferring  50% of 2.0 MiB  http://h/f -> /d/f"});
}

TEST_CASE("cli: show tells of an error what it is and what to do") {
    auto one = failed_job(
        job_state::error, {errc::not_trusted, "GET https://h/f: self-signed (see --ca-file)"});
    one.files.push_back(one.files[0]);
    one.files[1].source = "https://h/g";
    one.error->file = 1;
    auto text = text_of(one);
    CHECK(contains(
        text,
        "error:       GET https://h/f: self-signed (see --ca-file): the server is not trusted"));
    CHECK(contains(text, "file:        https://h/g"));
    CHECK(contains(
        text,
        "what to do:  name the authority with 'ferry set --ca-file'; then 'ferry resume 3f2a91c4' "
        "tries again, 'ferry remove 3f2a91c4' gives up"));

    one = failed_job(job_state::error, {errc::not_trusted, "GET https://h/f: revoked (it is)"});
    const std::string resume =
        "'ferry resume 3f2a91c4' tries again, 'ferry remove 3f2a91c4' gives up";
    CHECK(contains(text_of(one), "what to do:  " + resume));
    one = failed_job(job_state::error, {errc::unauthorized, "GET https://h/f: see --cert (why)"});
    CHECK(contains(text_of(one), "what to do:  name one with 'ferry set --cert'; then " + resume));

    one = failed_job(job_state::transient_error, {errc::timed_out});
    one.error->next_try = now + 10min;
    text = text_of(one);
    CHECK(contains(text, "next try:    2023-11-14 22:23:20 UTC (in 10 min 0 s)"));
    CHECK(contains(
        text, "what to do:  nothing; 'ferry resume 3f2a91c4' does not wait for the next try"));

    text = text_of(failed_job(job_state::queued, {errc::timed_out}));
    CHECK(contains(text, "last error:  no answer in time"));
    CHECK_FALSE(contains(text, "file:        http://h/f"));
}

TEST_CASE("cli: show tells of 20 files, of all if asked") {
    const auto many = job_in(job_state::queued, std::vector(22, file_of(0, {})));
    const auto shown = text_of(many);
    CHECK(shown.back() == "  … and 2 more (-v shows all)");
    CHECK(text_of(many, true).size() == shown.size() + 1);
    CHECK(text_of(many, true).back() == "  Transferring  size unknown  http://h/f -> /d/f");
    CHECK_FALSE(contains(text_of(job_in(job_state::suspended, {})), "files:"));
}

TEST_CASE("cli: each setting that is not as usual is told as its option, and no secret") {
    CHECK(cli::settings_text(describe(job_settings())).empty());
    job_settings all;
    all.retry_interval = 61s;
    all.keep_mtime = all.durable = false;
    all.auto_complete = all.insecure = true;
    all.existing = "skip";
    all.low_speed_limit = 1'000;
    all.headers = {"Cookie: hunter2", "X: y"};
    all.ca_file = "/ca\x1b";
    all.notify_command = {"/bin/echo", "done"};
    all.security_flags = 6;
    all.user = "ann\x1b";
    all.authentication = auth_scheme::digest;
    all.proxy = proxy_usage::none;
    all.ranges = {"0-9", "20-"};
    all.unsupported = {{"mirror", "http://h/"}};
    auto told = describe(all);
    told["secrets"] = json::array{"password", "key-password"};
    CHECK(
        cli::settings_text(told) ==
        lines{
            "--retry-interval 61", "--auto-complete", "--no-mtime", "--sync never",
            "--existing skip", "--low-speed-limit 1000", "--custom-header Cookie, X",
            "--ca-file /ca\\x1b", "--insecure", "--security-flags cn,date", "--credential ann\\x1b",
            "--authentication digest", "--proxy-usage none", "--range 0-9 20-",
            "--notify-command /bin/echo done", "encrypted: password key-password",
            "--mirror http://h/ (not yet supported)"});
}

TEST_CASE("cli: no member of the settings is forgotten") {
    for (const auto& member : describe(job_settings())) {
        const std::string key(member.key());
        CAPTURE(key);
        if (key == "unsupported" || key == "umask") continue;  // told otherwise; the caller's own
        const bool list = member.value().is_array();
        const json::object other = {{key, list ? json::value(json::array{"x"}) : json::value("x")}};
        CHECK(cli::settings_text(other).size() == 1);
    }
}

TEST_CASE("cli: explain is a sentence, with the command that helps") {
    CHECK(explained("retry", job_in(job_state::transient_error)) == "image\\x1b waits\n");
    CHECK(
        explained("suspended", job_in(job_state::suspended)) ==
        "image\\x1b waits ('ferry resume 3f2a91c4')\n");
    CHECK(explained("not_supported", job_in(job_state::suspended)) == "image\\x1b waits\n");
    CHECK(
        explained("needs_decision", job_in(job_state::error)) ==
        "image\\x1b waits ('ferry resume 3f2a91c4' or 'ferry remove 3f2a91c4')\n");
    CHECK(explained("host_gate", job_in(job_state::transient_error), true)
              .ends_with("until:       2023-11-14 22:15:25 UTC (in 2 min 5 s)\nhost:        h\n"));
}

TEST_CASE("cli: an action is told in a line, with the files that a completion dropped") {
    auto one = job_in(job_state::suspended, {file_of(2, 2), file_of(1, 2)});
    CHECK(cli::done_line(describe(one), "suspended", false) == "image\\x1b (3f2a91c4): suspended");
    CHECK(
        cli::done_line(describe(one), "suspended", true) ==
        "image\\x1b (3f2a91c4): suspended, 75% of 4 B");
    one.files[0].state = one.files[1].state = job_state::acknowledged;
    CHECK(cli::dropped_files(describe(one)).empty());
    one.files[1].state = job_state::cancelled;
    CHECK(
        cli::dropped_files(describe(one)) == lines{"/d/f: dropped, it was not whole (50% of 2 B)"});
    CHECK(cli::done_line({}, "removed", false) == "(no name) (): removed");
}

TEST_CASE("cli: a failure of the daemon is one line with a hint, and says nothing twice") {
    using cli::daemon_error_line;
    CHECK(
        daemon_error_line("x", {errc::no_such_job, "'x': no such job (see 'ferry list')"}) ==
        "'x': no such job (see 'ferry list')");
    CHECK(
        daemon_error_line("image", {errc::wrong_state, "image is Cancelled"}) ==
        "image is Cancelled: the job is not in a state for that (see 'ferry show JOB')");
    CHECK(
        daemon_error_line("x", {errc::wrong_state, "image (3f2a91c4) is Cancelled"}) ==
        "x: image (3f2a91c4) is Cancelled: the job is not in a state for that "
        "(see 'ferry show JOB')");
    CHECK(
        daemon_error_line("x\n", {errc::no_such_job}) == "x\\x0a: no such job (see 'ferry list')");
    CHECK(
        daemon_error_line("list", {errc::not_running, "the daemon hangs up"}) ==
        "the daemon hangs up (see 'ferry daemon status')");
    CHECK(daemon_error_line("x", file_failure(EIO, "a")) == "x: a: Input/output error");
}

TEST_CASE("cli: of several jobs the exit code tells whether all, some or none are done") {
    using enum exit_code;
    const auto of = [](std::vector<exit_code> codes) { return cli::exit_code_of(codes); };
    CHECK(of({}) == done);
    CHECK(of({done, done}) == done);
    CHECK(of({done, no_such_job}) == some_done);
    CHECK(of({no_such_job, not_reachable}) == no_such_job);
    CHECK(of({done, some_done}) == some_done);
    CHECK(of({no_such_job, some_done}) == some_done);
}

TEST_CASE("cli: verbs that take jobs want at least one, and some no more") {
    const cli::jobs_syntax one_only = {
        .verb = "explain", .usage = "", .examples = "", .verbose = "", .most = 1};
    const auto error = [&](std::vector<std::string> args) {
        return cli::parse_jobs_options(one_only, std::move(args)).error().detail;
    };
    CHECK(error({}).starts_with("explain: no job (write 'ferry explain JOB'"));
    CHECK(error({"a", "b"}).starts_with("b: one job too many"));
    CHECK(error({"--nope"}).starts_with("--nope: unknown option"));
    const auto options = cli::parse_jobs_options(one_only, {"--json", "a"}).value();
    CHECK(options.jobs == lines{"a"});
    CHECK(options.output.json);
}

TEST_CASE("cli: limit takes a rate, none, or nothing") {
    const auto parsed = [](cli::arguments args) {
        return cli::parse_limit_options(std::move(args)).value();
    };
    CHECK_FALSE(parsed({}).change);
    for (const std::string none : {"none", "0"}) {
        CHECK(parsed({none}).change);
        CHECK_FALSE(parsed({none}).bytes_per_second);
    }
    CHECK(parsed({"1.5M", "-q"}).bytes_per_second == 3 << 19);
    CHECK(
        cli::parse_limit_options({"fast"}).error().detail ==
        "limit fast: not a rate (bytes per second, such as 500K or 1.5M), nor 'none'");
    CHECK(cli::parse_limit_options({"1", "2"}).error().detail.starts_with("2: one rate too many"));
    CHECK(cli::limit_line({}, true) == "no limit");
    CHECK(cli::limit_line(1 << 20, false) == "all jobs together: at most 1.0 MiB/s");
    CHECK(cli::limit_line(1 << 20, true).ends_with(" (1048576 bytes per second)"));
}

TEST_CASE("cli: the help of these verbs fits into 100 columns and has examples") {
    using namespace cli;
    for (const auto& help :
         {list_help(), show_help(), explain_help(), suspend_help(), complete_help(), remove_help(),
          limit_help()}) {
        std::istringstream all(help);
        for (std::string line; std::getline(all, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
        CHECK(help.find("\nExamples:\n") != std::string::npos);
        CHECK(help.find("-h, --help") != std::string::npos);
    }
}

TEST_CASE("cli: explain writes the time for people as show does") {
    const json::object reply = {
        {"text", "f waits until 2023-11-14T22:14:18.000Z to be tried again: gone"},
        {"until", "2023-11-14T22:14:18.000Z"}};
    CHECK(
        cli::explanation_text(reply, {now, false}) ==
        "f waits until 2023-11-14 22:14:18 UTC (in 58 s) to be tried again: gone\n");
}

TEST_CASE("cli: who may not read or write is told which of the two") {
    const auto advice = [](error_context where) {
        const failure refused{std::make_error_code(std::errc::permission_denied), "open /f", where};
        return cli::advice_on(describe(failed_job(job_state::error, refused)));
    };
    CHECK(advice(error_context::local_file).starts_with("ask for access to the destination; "));
    CHECK(advice(error_context::remote_file).starts_with("ask for access to the source; "));
}

TEST_CASE("cli: whom to ask, and whether to say who we are, depends on who has refused what") {
    const auto advice = [](int status, error_context where, const char* detail) {
        failure refused{errc::unauthorized, detail, where, status};
        auto text = cli::advice_on(describe(failed_job(job_state::error, std::move(refused))));
        return text.substr(0, text.find("; then ") == text.npos ? 0 : text.find("; then "));
    };
    constexpr auto file = error_context::remote_file, way = error_context::transport;
    CHECK(advice(403, file, "403 Forbidden") == "ask the server's owner for access");
    CHECK(advice(403, way, "CONNECT: 403 Forbidden") == "ask the proxy's owner for access");
    CHECK(
        advice(401, file, "the server wants Basic; give --credential USER") ==
        "say who you are with 'ferry set --credential'");
    CHECK(
        advice(407, way, "the proxy wants Basic") ==
        "say who you are with 'ferry set --proxy-credential'");
    CHECK(
        advice(401, file, "the server wants Passport1.4, which ferry does not know") ==
        "ask the server's owner for access");
    CHECK(advice(401, file, "what is given to log in is not sent to where a redirect leads") == "");
}

TEST_CASE("cli: explain says what helps before it says how to go on") {
    const failure refused{
        errc::unauthorized, "the server wants Basic", error_context::remote_file, 401};
    const json::object reply = {
        {"text", "f needs a decision"}, {"job", describe(failed_job(job_state::error, refused))}};
    CHECK(
        cli::explanation_text(reply, {now, false}) ==
        "f needs a decision (say who you are with 'ferry set --credential'; then 'ferry resume "
        "3f2a91c4' or 'ferry remove 3f2a91c4')\n");
}

}  // namespace ferry::test::cli_job_text_test
