#include <ferry/detail/byte_pipe.hpp>

#include <support/files.hpp>
#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace ferry::test::byte_pipe_test {
namespace {

/// A source that pushes `text` as fast as it may, and ends well.
awaitable<result<void>> push(detail::byte_pipe& into, std::string_view text) {
    while (!text.empty()) {
        auto room = co_await into.reserve(text.size());
        if (!room) co_return room.error();
        const auto part = text.substr(0, *room);
        auto written = co_await into.write(std::as_bytes(std::span(part)));
        if (!written) co_return written;
        text.remove_prefix(part.size());
    }
    into.end({});
    co_return result<void>();
}

/// All that comes, in pieces of `step` at most.
awaitable<result<std::string>> pull(detail::byte_pipe& from, std::size_t step) {
    std::string all;
    for (;;) {
        auto more = co_await from.wait();
        if (!more && more.error().code == errc::cut_short) co_return all;
        if (!more) co_return more.error();
        std::string part(step, '\0');
        part.resize(from.take(std::as_writable_bytes(std::span(part))));
        all += part;
    }
}

}  // namespace

TEST_CASE("byte pipe: what is pushed in any steps is pulled in any steps, in order") {
    const auto text = random_bytes(10'000);
    for (const std::size_t room : {1, 2, 7, 64, 9'999, 20'000})
        for (const std::size_t step : {1, 3, 64, 20'000})
            for (const std::uint64_t skip : {0, 1, 5'000, 10'000}) {
                INFO(room << " " << step << " " << skip);
                loop on;
                detail::byte_pipe pipe(on.io.get_executor(), room, skip);
                const auto pushing = on.start(push(pipe, text));
                CHECK(on.run(pull(pipe, step)).value() == text.substr(skip));
                CHECK(pushing->ready());
            }
}

TEST_CASE("byte pipe: a source waits as long as there is little room") {
    loop on;
    detail::byte_pipe pipe(on.io.get_executor(), 100, 0);
    const std::string text(150, 'x');
    const auto pushing = on.start(push(pipe, text));
    CHECK_FALSE(pushing->ready());
    std::string part(49, '\0');
    CHECK(pipe.take(std::as_writable_bytes(std::span(part))) == 49);
    on.settle();
    CHECK_FALSE(pushing->ready());  // 49 bytes are not worth a request
    CHECK(pipe.take(std::as_writable_bytes(std::span(part)).first(1)) == 1);
    on.settle();
    CHECK(pushing->ready());
    pushing->cancel();
}

TEST_CASE("byte pipe: what has come is pulled before the failure that ended it") {
    loop on;
    detail::byte_pipe pipe(on.io.get_executor(), 100, 0);
    REQUIRE(on.run(pipe.reserve(3)).value() == 3);
    const std::string_view text = "abc";
    REQUIRE(on.run(pipe.write(std::as_bytes(std::span(text)))).has_value());
    pipe.end(failure{errc::malformed});
    CHECK(on.run(pipe.wait()).has_value());
    std::string part(3, '\0');
    CHECK(pipe.take(std::as_writable_bytes(std::span(part))) == 3);
    CHECK(part == text);
    CHECK(on.run(pipe.wait()).error().code == errc::malformed);
}

}  // namespace ferry::test::byte_pipe_test
