#include "cli/options/options_job.hpp"

#include "cli/options/option_words.hpp"
#include "cli/options/options.hpp"
#include "cli/options/options_access.hpp"
#include "cli/options/options_put.hpp"
#include "cli/text/quantity.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/json_text.hpp>

#include <array>

namespace ferry::cli {
namespace {

using std::chrono::milliseconds;

/// Options and the members of job_settings that they fill in.
constexpr auto members = std::to_array<std::pair<const char*, const char*>>({
    {"--retry-interval", "retry_interval"},
    {"--retry-timeout", "retry_timeout"},
    {"--max-download-time", "max_download_time"},
    {"--parallel", "parallel"},
    {"--connections", "connections"},
    {"--auto-complete", "auto_complete"},
    {"--create-dirs", "create_directories"},
    {"--mtime", "keep_mtime"},
    {"--acl-flags", "acl_flags"},
    {"--sync", "durable"},
    {"--existing", "existing"},
    {"--limit-rate", "bytes_per_second"},
    {"--low-speed-limit", "low_speed_limit"},
    {"--low-speed-time", "low_speed_time"},
    {"--connect-timeout", "connect_timeout"},
    {"--upload-protocol", "upload_protocol"},
    {"--reply-file", "reply_file"},
    {"--redirect", "redirect"},
    {"--max-redirects", "max_redirects"},
    {"--custom-header", "headers"},
    {"--custom-headers-write-only", "headers_write_only"},
    {"--user-agent", "user_agent"},
    {"--ca-file", "ca_file"},
    {"--ca-path", "ca_path"},
    {"--insecure", "insecure"},
    {"--smb-encrypt", "smb_encrypt"},
    {"--notify-flags", "notify_flags"},
    {"--notify-command", "notify_command"},
    {"--validate-command", "validate_command"},
});

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    detail::for_each_char(text, [&](std::string_view, bool) { ++count; });
    return count;
}

/// A text of at most so many characters (BITS: IBackgroundCopyJob::SetDisplayName).
template <std::size_t most>
result<std::optional<std::string>> parse_name(std::string_view text) {
    if (text.empty()) return wrong("empty (leave the option out)");
    if (characters(text) > most)
        return wrong("longer than " + std::to_string(most) + " characters");
    return std::optional(std::string(text));
}

/// A program that is looked for in PATH keeps its bare name. A single empty word means: none.
std::vector<std::string> command_of(std::vector<std::string> words) {
    if (words.size() == 1 && words.front().empty()) return {};
    if (!words.empty() && words.front().find('/') != std::string::npos)
        words.front() = absolute_path(words.front());
    return words;
}

}  // namespace

void add_name_options(option_set& app, job_options& into, const std::string& title) {
    option_group names(app, title);
    names.value<std::optional<std::string>>(
        "--display-name", "TEXT", into.display_name, parse_name<256>,
        "what to call it (default the first file's name)");
    names.value<std::optional<std::string>>(
        "--description", "TEXT", into.description, parse_name<1024>, "what it is for");
    names.choice<std::optional<job_priority>>(
        "--priority", "LEVEL", into.priority,
        {{"foreground", job_priority::foreground},
         {"high", job_priority::high},
         {"normal", job_priority::normal},
         {"low", job_priority::low}},
        "foreground (at once), or one at a time: high, normal, low");
}

struct job_option_parser::bound {
    void add_course(option_set& app);
    void add_uploads(option_set& app);
    void add_programs(option_set& app);
    void add_requests(option_set& app);
    void describe_as_job(option_set& app) const;

    job_options options = {};
    job_settings settings = {};  // what the two below do not have
    transfer_settings transfer = {};
    access_options access = {};
    unsupported_options unsupported = {};
};

void job_option_parser::bound::add_course(option_set& app) {
    option_group course(app, "Job");
    course.toggle(
        "--auto-complete", settings.auto_complete, "give files their names once all have arrived");
    course.value<unsigned>(
        "-j,--parallel", "N", settings.parallel,
        [](std::string_view text) { return parse_count(text, 1, 64); },
        "files at a time, 1 to 64 (default 1)");
}

void job_option_parser::bound::add_uploads(option_set& app) {
    add_upload_option(app, settings.upload_protocol);
    option_group(app, "Uploads")
        .value<std::string>(
            "--reply-file", "FILE", settings.reply_file, read_file_name,
            "where the answer to an upload-reply goes (default SOURCE.reply)");
}

void job_option_parser::bound::add_programs(option_set& app) {
    option_group programs(app, "Programs (a word each: --notify-command mail --notify-command me)");
    const auto into = [](std::vector<std::string>& words) {
        return [&words](const std::string& word) -> result<void> {
            if (word.find('\0') != word.npos) return wrong("contains a NUL character");
            words.push_back(word);
            return {};
        };
    };
    programs.value<unsigned>(
        "--notify-flags", "N", settings.notify_flags,
        [](std::string_view text) { return parse_count(text, 0, 7); },
        "when: sum of 1 all arrived, 2 error, 4 never (default 3)");
    programs.repeated_secret(
        "--notify-command", "WORD", into(settings.notify_command),
        "program to run then, and its arguments; '': none");
    programs.repeated_secret(
        "--validate-command", "WORD", into(settings.validate_command),
        "program that gets each arrived file; exit code 0: good");
}

void job_option_parser::bound::add_requests(option_set& app) {
    option_group requests(app, "Requests (http, https)");
    requests.flag(
        "--custom-headers-write-only", settings.headers_write_only,
        "never show the names of the headers again");
    requests.value<milliseconds>(
        "--connect-timeout", "S", access.connect_timeout, parse_positive_seconds,
        "most seconds for name, TCP and TLS (default 30)");
}

/// A job is more patient than `get`, and nobody is there to whom it could tell a redirect.
void job_option_parser::bound::describe_as_job(option_set& app) const {
    app.describe("--retry-interval", "wait after an error that may pass (default 600)");
    app.describe(
        "--retry-timeout",
        "give up so long after the last progress (default 14 days; 0: no retry)");
    app.describe("--max-download-time", "most time spent transferring (default 90 days)");
    app.describe("--redirect", "follow or forbid; report is as good as follow (default follow)");
}

job_option_parser::job_option_parser(option_set& app, job_verb verb)
    : app_(app), verb_(verb), bound_(std::make_unique<bound>()) {
    add_name_options(app, bound_->options);
    bound_->add_course(app);
    add_transfer_options(app, bound_->transfer);
    add_access_options(app, bound_->access);
    bound_->describe_as_job(app);
    bound_->add_requests(app);
    bound_->add_uploads(app);
    bound_->add_programs(app);
    bound_->unsupported.add_to(app);
    if (verb == job_verb::create) return;
    app.remove("--checksum");  // a file's
    app.drop_defaults();
}

job_option_parser::~job_option_parser() = default;

result<job_options> job_option_parser::take() {
    const auto sensible = bound_->unsupported.check(verb_ == job_verb::create);
    if (!sensible) return sensible.error();
    auto settings = settings_of(bound_->transfer, bound_->access);
    settings.parallel = bound_->settings.parallel;
    settings.auto_complete = bound_->settings.auto_complete;
    settings.headers_write_only = bound_->settings.headers_write_only;
    settings.upload_protocol = bound_->settings.upload_protocol;
    settings.reply_file = bound_->settings.reply_file;
    settings.notify_flags = bound_->settings.notify_flags;
    settings.notify_command = command_of(std::move(bound_->settings.notify_command));
    settings.validate_command = command_of(std::move(bound_->settings.validate_command));
    auto all = members_of(settings);

    auto options = std::move(bound_->options);
    for (const auto& [option, member] : members)
        if (app_.given(option)) options.settings[member] = std::move(all[member]);
    if (bound_->transfer.options.expected)
        options.checksum = to_string(*bound_->transfer.options.expected);
    options.create_directories = settings.create_directories;
    options.asked = bound_->unsupported.asked();
    options.named = bound_->unsupported.named();
    options.unsupported = bound_->unsupported.values();
    options.restated = bound_->unsupported.given();
    return options;
}

}  // namespace ferry::cli
