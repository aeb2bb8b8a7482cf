// Downloads a URL into a file and says how it goes: all that a program needs to embed ferry.
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <ferry/ferry.hpp>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: embed URL FILE\n";
        return 2;
    }
    const auto from = ferry::parse_url(argv[1]);
    if (!from) {
        std::cerr << ferry::describe(from.error()) << '\n';
        return 2;
    }
    asio::io_context io;
    ferry::standard_environment world(io.get_executor());
    ferry::transfer_status status;
    ferry::transfer_options options;
    options.connections = 4;
    options.on_change = [](const ferry::transfer_status& now) {
        std::cout << now.bytes_transferred << " of " << now.bytes_total.value_or(0) << " bytes\n";
    };
    auto task = ferry::download(world.get(), *from, argv[2], options, status);
    auto ended = asio::co_spawn(io, std::move(task), asio::use_future);
    io.run();

    const ferry::result<void> outcome = ended.get();
    if (outcome) return 0;
    std::cerr << ferry::describe(outcome.error()) << '\n';
    return 1;
}
