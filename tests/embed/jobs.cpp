// Keeps jobs in a folder: one that was interrupted goes on when the program is started again.
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <ferry/ferry.hpp>
#include <iostream>

namespace {

ferry::awaitable<ferry::result<ferry::job>> transfer(ferry::engine& jobs, ferry::job wanted) {
    const auto loaded = co_await jobs.start();
    if (!loaded) co_return loaded.error();
    auto created = co_await jobs.create(std::move(wanted));
    if (!created) co_return created;
    auto ended = co_await jobs.wait(created->id);
    const auto stopped = co_await jobs.stop();
    if (!stopped) co_return stopped.error();
    co_return ended;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: jobs FOLDER URL FILE\n";
        return 2;
    }
    asio::io_context io;
    ferry::standard_environment world(io.get_executor());
    ferry::engine jobs(io.get_executor(), world.get(), argv[1]);
    const auto news = jobs.events().subscribe([](const ferry::job& about, ferry::job_news) {
        std::cout << ferry::to_string(about.state) << ' ' << about.bytes_transferred() << '\n';
    });
    ferry::job wanted;
    wanted.state = ferry::job_state::queued;
    wanted.settings.auto_complete = true;
    wanted.files.push_back({.source = argv[2], .destination = argv[3]});
    auto ended = asio::co_spawn(io, transfer(jobs, std::move(wanted)), asio::use_future);
    io.run();

    const ferry::result<ferry::job> outcome = ended.get();
    if (outcome && outcome->state == ferry::job_state::acknowledged) return 0;
    const auto why = outcome && outcome->error ? outcome->error->why : ferry::failure();
    std::cerr << ferry::describe(outcome ? why : outcome.error()) << '\n';
    return 1;
}
