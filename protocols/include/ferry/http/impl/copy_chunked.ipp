#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {

/// Decodes buffer by buffer, each as full as what is there makes it, so that tiny chunks become
/// large writes.
inline awaitable<result<bool>> body_copy::run_chunked() {
    auto bytes = wire_.buffered();
    wire_.consume(bytes.size());
    for (;;) {
        auto decoded = from_.reply.read_chunks(bytes);
        if (!decoded) co_return named(std::move(decoded.error()));
        if (auto good = count(decoded->body.size()); !good) co_return std::move(good.error());
        auto given = co_await give(decoded->body);
        if (!given || !*given) co_return given;
        if (from_.reply.body_complete()) co_return at_end(decoded->consumed == bytes.size());
        auto more = co_await read_some_chunks();
        if (!more) co_return std::move(more.error());
        bytes = *more;
    }
}

/// Reads what is there, at least one byte. The buffer grows as long as it is too small for that.
inline awaitable<result<std::span<std::byte>>> body_copy::read_some_chunks() {
    static constexpr std::size_t first_size = 64 * 1024;
    const bool ran_full = needs_ == io_state::moved;
    const auto buffer = scratch(std::max(first_size, buffer_size_ * (ran_full ? 4 : 1)));
    std::size_t filled = 0;
    for (;;) {
        if (needs_ != io_state::moved) {
            auto ready = co_await wire_.wait(needs_);
            if (!ready) co_return named(std::move(ready.error()));
        }
        do {
            auto got = wire_.read(buffer.subspan(filled));
            filled += got.bytes;
            needs_ = got.state;
            if (got.state == io_state::failed) co_return named(std::move(got.why));
            if (got.state == io_state::end && filled == 0) co_return cut_short();
        } while (needs_ == io_state::moved && filled < buffer.size());
        if (filled > 0) break;
    }
    if (needs_ == io_state::end) needs_ = io_state::want_read;  // it will be met again
    co_return buffer.first(filled);
}

}  // namespace ferry::http
