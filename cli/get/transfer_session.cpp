#include "cli/get/transfer_session.hpp"

#include "cli/get/plan.hpp"
#include "cli/get/ticker.hpp"
#include "cli/identity.hpp"
#include "cli/open_files.hpp"
#include "cli/text/format.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/relay_access.hpp>
#include <ferry/detail/task_group.hpp>

#include <unistd.h>

#include <algorithm>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

batch_options options_for(const direct_options& options, std::optional<upload_options> upload) {
    batch_options some;
    some.parallel = options.parallel;
    // Each of them keeps its partial open, and one that is tried again perhaps a second one.
    const auto files = raise_open_files();
    some.publishing = static_cast<unsigned>(std::clamp<std::size_t>(files / 2, 1, some.publishing));
    some.retrying = static_cast<unsigned>(std::clamp<std::size_t>(files / 8, 1, some.retrying));
    some.transfer = options.transfer.options;
    some.upload = std::move(upload);
    some.between = options.job.between;
    return some;
}

report_style style_for(const direct_options& options, bool moving) {
    const auto& output = options.output;
    report_style style;
    style.errors = !(output.quiet && output.json);
    style.results = !output.quiet && !output.json;
    style.retries = style.results && !moving;  // the moving display shows them in their place
    style.redirects =
        !output.quiet && options.transfer.options.access->redirects == redirect_policy::report;
    style.steps = output.verbose;
    return style;
}

}  // namespace

std::shared_ptr<world_loop> loop_for(const transfer_settings& transfer) {
    return std::make_shared<world_loop>(
        rate_options{.bytes_per_second = transfer.bytes_per_second});
}

transfer_session::transfer_session(
    world_loop& loop, const direct_options& options, job_type type,
    std::vector<transfer_item> items, std::optional<upload_options> upload)
    : options_(options),
      type_(type),
      uploads_(upload.has_value()),
      io_(loop.io),
      with_(loop.all.get()),
      time_(with_.time),
      plain_(STDERR_FILENO),
      tally_(items.size()),
      batch_(
          io_.get_executor(), with_, std::move(items), options_for(options, std::move(upload)),
          observers_),
      started_(time_.now()) {
    add_observers();
}

void transfer_session::add_observers() {
    const auto& output = options_.output;
    observers_.add(tally_);
    if (shows_bar(output)) {
        display_.emplace(time_, STDERR_FILENO, batch_.items().size());
        observers_.add(*display_);
    }
    text_.emplace(time_, lines(), style_for(options_, display_.has_value()));
    observers_.add(*text_);
    if (!output.json) return;
    events_.emplace(
        time_, batch_.items(), type_, random_uuid(), user_name(),
        [this](std::string_view line) { write_event(line); });
    observers_.add(*events_);
}

line_output& transfer_session::lines() {
    if (display_) return *display_;
    return plain_;
}

/// No reason to stop if nobody takes it: the files are still wanted.
void transfer_session::write_event(std::string_view line) {
    if (events_written_) events_written_ = print_all(line);
}

result<void> transfer_session::check() {
    const bool rights = options_.transfer.options.rights.any();
    for (const auto& item : batch_.items())
        if (rights && (item.from || !detail::tells_rights(item.remote)))
            return wrong(detail::only_rights_of_files);
    const auto& known = with_.protocols;
    const auto& items = batch_.items();
    if (auto good = check_schemes(items, known); !good) return good;
    const auto any = std::find_if(items.begin(), items.end(), [](const transfer_item& item) {
        return !item.from && detail::speaks_http(item.remote);
    });
    if (any == items.end()) return {};
    auto where = any->remote;
    where.user_info.clear();  // what is wrong with a URL alone does not stop the others
    return known.check(where, *options_.transfer.options.access);
}

void transfer_session::warn() {
    if (options_.transfer.options.access->insecure && !options_.output.quiet)
        complain("--insecure: the server's certificate is not verified (anyone can pose as it)");
}

awaitable<result<void>> transfer_session::all() {
    const auto here = co_await asio::this_coro::executor;
    detail::task_group tickers(here);
    if (display_) tickers.spawn(every(time_, 100ms, [this] { display_->redraw(); }));
    if (events_) tickers.spawn(every(time_, 500ms, [this] { events_->tick(); }));
    auto outcome = co_await batch_.run();
    const failure ended{errc::cancelled};
    tickers.stop(ended);
    const auto stopped = co_await tickers.join();
    co_return outcome;
}

exit_code transfer_session::run() {
    warn();
    const interrupt signals(
        io_.get_executor(), [this] { stop_.emit(asio::cancellation_type::terminal); });
    if (events_) events_->begin();
    auto ended = [this](std::exception_ptr, result<void>) { io_.stop(); };
    io_.restart();
    asio::co_spawn(io_, caught(all()), asio::bind_cancellation_slot(stop_.slot(), ended));
    io_.run();
    if (display_) display_->close();
    if (events_) events_->end();
    summarize();
    const auto code = tally_.code();
    return code == exit_code::done && !events_written_ ? exit_code::local_file : code;
}

void transfer_session::summarize() {
    const auto& output = options_.output;
    if (output.quiet) return;
    if (tally_.unfinished() > 0) {
        const auto kept = format_size(tally_.bytes_kept()) +
                          (uploads_ ? " sent (the same command continues, where the server can)"
                                    : " kept (the same command continues)");
        complain(
            tally_.files() == 1
                ? "interrupted: " + kept
                : "interrupted: " + std::to_string(tally_.unfinished()) + " of " +
                      std::to_string(tally_.files()) + " files unfinished, " + kept);
    } else if (tally_.files() != 1 && !output.json) {
        const auto elapsed = time_.now() - started_;
        auto text = std::to_string(tally_.done()) + " of " + std::to_string(tally_.files()) +
                    " files, " + format_size(tally_.bytes_received()) +
                    (uploads_ ? " sent in " : " received in ") +
                    format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed));
        plain_.line(text);
    }
}

}  // namespace ferry::cli
