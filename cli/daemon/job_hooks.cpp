#include "cli/daemon/job_hooks.hpp"

#include "cli/daemon/child_process.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/event.hpp>
#include <ferry/job_json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

constexpr unsigned notifications_at_once = 4;
constexpr auto longest_run = 1h;

/// What the hooks share; the places are for notifications.
struct notifier {
    clock& time;
    std::function<void(std::string_view)> tell;
    detail::event freed;
    unsigned running = 0;
};

/// One of the places for running programs, once there is one.
class place {
  public:
    explicit place(notifier& among) : among_(among) { ++among_.running; }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() {
        --among_.running;
        among_.freed.notify();
    }

  private:
    notifier& among_;
};

variables about_job(const job& one) {
    return {
        {"FERRY_JOB_ID", one.id},
        {"FERRY_JOB_NAME", one.display_name},
        {"FERRY_JOB_STATE", std::string(to_string(one.state))}};
}

bool is_wanted(const job& about) {
    const auto& settings = about.settings;
    const bool disabled = (settings.notify_flags & 4U) != 0;
    const auto flag = about.state == job_state::error ? 2U : 1U;
    return !settings.notify_command.empty() && !disabled && (settings.notify_flags & flag) != 0;
}

std::string how_it_ended(const std::vector<std::string>& command, int code) {
    const auto name = printable(command.front());
    return code < 0 ? name + " was ended by signal " + std::to_string(-code)
                    : name + " ended with exit code " + std::to_string(code);
}

/// Of a program that ran, but not well.
failure failed_program(const std::vector<std::string>& command, int code) {
    return {std::make_error_code(std::errc::operation_canceled), how_it_ended(command, code)};
}

/// Runs a program, and tells what it printed, which may be anything, in one line.
awaitable<result<int>> run_for(
    std::shared_ptr<notifier> with, std::string id, std::vector<std::string> command,
    variables told) {
    std::string said;
    auto code = co_await run_program(with->time, command, std::move(told), longest_run, said);
    const auto more = said.size() == longest_output ? " …" : "";
    said.erase(said.find_last_not_of('\n') + 1);
    if (!said.empty())
        with->tell("job " + id + ": " + printable(command.front()) + ": " + printable(said) + more);
    co_return code;
}

awaitable<result<void>> notify(std::shared_ptr<notifier> with, job about) {
    if (!is_wanted(about)) co_return result<void>();
    while (with->running >= notifications_at_once)
        if (auto waited = co_await with->freed.wait(); !waited) co_return waited;
    const place taken(*with);
    const auto& command = about.settings.notify_command;
    auto told = about_job(about);
    const auto code = co_await run_for(with, about.id, command, std::move(told));
    result<void> outcome;
    if (!code) outcome = code.error();
    if (code && *code != 0) outcome = failed_program(command, *code);
    const auto why = code ? how_it_ended(command, *code) : describe(code.error());
    if (!outcome && outcome.error().code != errc::cancelled)
        with->tell("job " + about.id + ": notification failed: " + why);
    co_return outcome;
}

awaitable<result<void>> validate(
    std::shared_ptr<notifier> with, std::string id, std::vector<std::string> command,
    variables told) {
    if (command.empty()) co_return result<void>();
    const auto code = co_await run_for(with, std::move(id), command, std::move(told));
    if (!code) co_return code.error();
    if (*code < 0) co_return failed_program(command, *code);
    if (*code > 0) co_return failure{errc::rejected, how_it_ended(command, *code)};
    co_return result<void>();
}

}  // namespace

engine_hooks make_job_hooks(
    asio::any_io_executor on, clock& time, std::function<void(std::string_view)> tell) {
    const auto shared =
        std::make_shared<notifier>(notifier{time, std::move(tell), detail::event(std::move(on))});
    engine_hooks hooks;
    hooks.notify = [shared](job about) { return notify(shared, std::move(about)); };
    hooks.validate = [shared](const job& about, std::size_t file, std::string temporary) {
        auto command = about.settings.validate_command;
        if (!command.empty()) command.push_back(std::move(temporary));
        auto told = about_job(about);
        told.emplace_back("FERRY_FILE_SOURCE", detail::without_user(about.files.at(file).source));
        told.emplace_back("FERRY_FILE_DESTINATION", about.files.at(file).destination);
        return validate(shared, about.id, std::move(command), std::move(told));
    };
    return hooks;
}

}  // namespace ferry::cli
