#include "cli/demo/demo_session.hpp"

#include "cli/get/observers.hpp"
#include "cli/get/progress.hpp"
#include "cli/get/text_report.hpp"
#include "cli/get/ticker.hpp"
#include "cli/interrupt.hpp"
#include "cli/text/format.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <random>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t size = 6 << 20;
constexpr std::uint64_t pace = 3 << 20;  // bytes per second
constexpr std::uint64_t cut = 2 << 20;
constexpr std::uint64_t interruption = 4 << 20;

/// The same bytes each time, but none that repeat.
std::string make_body() {
    std::mt19937_64 noise(1986);
    std::string body(size, '\0');
    for (auto& byte : body) byte = static_cast<char>(noise());
    return body;
}

result<checksum> sha256_of(int descriptor) {
    auto sum = checksum_of_file(descriptor, "sha256");
    ::close(descriptor);
    return sum;
}

result<checksum> sha256_of(const std::filesystem::path& file) {
    const auto descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return file_failure(errno, file.native());
    return sha256_of(descriptor);
}

/// Of bytes in memory.
result<checksum> sha256_of(const std::string& bytes) {
    const auto descriptor = ::memfd_create("original", MFD_CLOEXEC);
    if (descriptor < 0) return file_failure(errno, "memory");
    write_all(descriptor, bytes);
    return sha256_of(descriptor);
}

failure broken(std::string what) {
    return {std::make_error_code(std::errc::state_not_recoverable), std::move(what)};
}

}  // namespace

demo_session::demo_session(const output_options& options, std::filesystem::path folder)
    : options_(options),
      file_(std::move(folder) / "demo.bin"),
      world_(io_.get_executor()),
      server_(io_.get_executor(), world_.get().time, make_body(), pace) {}

void demo_session::say(const std::string& text) const {
    if (!options_.quiet) write_all(STDOUT_FILENO, text + "\n");
}

transfer_options demo_session::transfer() const {
    transfer_options options;
    options.retry = {.first = 400ms, .longest = 400ms, .give_up = 5s, .jitter = false};
    options.max_time = 10s;
    options.expected = original_;
    return options;
}

awaitable<result<void>> demo_session::attempt(std::uint64_t interrupt_at, demo_watch& watch) {
    const auto here = co_await asio::this_coro::executor;
    auto& time = world_.get().time;
    plain_lines plain(STDERR_FILENO);
    std::optional<progress_display> display;
    if (shows_bar(options_)) display.emplace(time, STDERR_FILENO, 1);
    auto& lines = display ? static_cast<line_output&>(*display) : plain;
    report_style style;
    style.results = style.retries = !options_.quiet;
    style.steps = options_.verbose;
    text_report text(time, lines, style);
    observers all;
    all.add(watch);
    all.add(text);
    if (display) all.add(*display);

    batch_options options;
    options.transfer = transfer();
    std::vector<transfer_item> items;
    items.push_back({server_.source(), file_});
    batch files(here, world_.get(), std::move(items), std::move(options), all);
    detail::task_group run(here);
    detail::task_group tickers(here);
    run.spawn(files.run());
    tickers.spawn(every(time, 10ms, [&run, &watch, interrupt_at] {
        if (watch.bytes_so_far() >= interrupt_at) run.stop({errc::cancelled});
    }));
    if (display) tickers.spawn(every(time, 100ms, [&display] { display->redraw(); }));
    auto outcome = co_await run.join();
    const failure ended{errc::cancelled};
    tickers.stop(ended);
    const auto stopped = co_await tickers.join();
    if (display) display->close();
    co_return outcome;
}

awaitable<result<void>> demo_session::first_run() {
    say("1. Download. At " + format_size(cut) +
        " the server drops the connection: ferry goes on\n" + "   where it was. At " +
        format_size(interruption) + " we interrupt it, as Ctrl-C would.");
    server_.cut_at(cut);
    demo_watch watch;
    const auto outcome = co_await attempt(interruption, watch);
    const auto& end = watch.outcome();
    if (end) co_return broken("the transfer was not interrupted");
    if (end.error().code != errc::cancelled) co_return end;
    if (!watch.retried()) co_return broken("the connection was not lost");
    if (std::filesystem::exists(file_)) co_return broken("an incomplete file got its final name");
    kept_ = watch.status().bytes_transferred;
    say("   Interrupted. " + format_size(kept_) +
        " are kept; the file itself does not exist yet.\n");
    co_return result<void>();
}

awaitable<result<void>> demo_session::second_run() {
    say("2. The same download again.");
    const auto before = server_.bytes_served();
    demo_watch watch;
    const auto outcome = co_await attempt(byte_range::open_end, watch);
    if (!watch.outcome()) co_return watch.outcome();
    const auto& status = watch.status();
    if (status.bytes_resumed == 0) co_return broken("nothing was resumed");
    if (status.bytes_resumed + status.bytes_received != size)
        co_return broken("bytes were fetched twice");
    say("   " + format_size(status.bytes_resumed) + " kept from before, " +
        format_size(status.bytes_received) + " fetched (the server sent " +
        format_size(server_.bytes_served() - before) + ").\n");
    co_return result<void>();
}

result<void> demo_session::verify() {
    const auto sum = sha256_of(file_);
    if (!sum) return sum.error();
    say("3. Verification (sha256).\n   original  " + original_.hex + "\n   download  " + sum->hex +
        "\n");
    if (*sum != original_) return broken("the download differs from the original");
    return {};
}

awaitable<result<void>> demo_session::story() {
    const auto here = co_await asio::this_coro::executor;
    detail::task_group serving(here);
    serving.spawn(server_.run());
    auto outcome = co_await first_run();
    if (outcome && !stopped_) outcome = co_await second_run();
    if (outcome && !stopped_) outcome = verify();
    const failure ended{errc::cancelled};
    serving.stop(ended);
    const auto stopped = co_await serving.join();
    co_return outcome;
}

exit_code demo_session::run() {
    const auto original = sha256_of(make_body());
    if (!original) {
        complain("demo: " + describe(original.error()));
        return exit_code_of(original.error());
    }
    original_ = *original;
    const interrupt signals(io_.get_executor(), [this] {
        stopped_ = true;
        stop_.emit(asio::cancellation_type::terminal);
    });
    say("A server in this process offers " + format_size(size) + " at " + format_rate(pace) +
        ".\n");
    result<void> outcome;
    auto ended = [this, &outcome](std::exception_ptr, result<void> how) {
        outcome = std::move(how);
        io_.stop();
    };
    asio::co_spawn(io_, caught(story()), asio::bind_cancellation_slot(stop_.slot(), ended));
    io_.run();
    if (stopped_) return exit_code::interrupted;
    if (!outcome) {
        complain("demo: " + describe(outcome.error()));
        return exit_code::failed;
    }
    write_all(STDOUT_FILENO, "ferry demo: interrupted twice, continued, verified\n");
    return exit_code::done;
}

}  // namespace ferry::cli
