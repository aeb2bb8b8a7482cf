#pragma once

namespace ferry::detail {

/// How many bytes may come before the lease ends or the file's bytes there begin or end.
inline std::uint64_t range_sink::next_step(std::uint64_t most) {
    const auto& kept = file_.held().bytes.ranges;
    const auto here = kept.around(part_.next);
    comparing_ = here.has_value();
    const auto boundary = here ? here->end : kept.next_start(part_.next);
    return std::min({most, part_.left(), boundary - part_.next});
}

inline void range_sink::give_back() {
    file_.promise(-static_cast<std::int64_t>(part_.reserved));
    with_.rate.give_back(part_.reserved);
    part_.reserved = 0;
}

inline awaitable<result<std::uint64_t>> range_sink::reserve(std::uint64_t most) {
    give_back();
    busy_ = true;
    if (next_step(most) != 0 && file_.blocked()) {
        auto room = co_await file_.wait_for_room();
        if (!room) co_return room.error();
    }
    auto step = std::min(next_step(most), file_.room());
    if (!with_.rate.unlimited()) step = std::min(step, with_.rate.portion());
    file_.promise(static_cast<std::int64_t>(step));
    part_.reserved = step;
    if (step != 0 && !with_.rate.unlimited()) {
        auto taken = co_await with_.rate.take(step);
        if (!taken) {
            file_.promise(-static_cast<std::int64_t>(std::exchange(part_.reserved, 0)));
            co_return taken.error();
        }
    }
    moved_ = with_.time.now();
    busy_ = false;
    co_return step;
}

inline awaitable<result<void>> range_sink::write(std::span<const std::byte> bytes) {
    auto& held = file_.held();
    busy_ = true;
    if (comparing_) {
        auto compare = [&] { return held.file.same(bytes, part_.next); };
        auto same = co_await with_.disk.run(compare);
        if (!same) co_return same.error();
        disproved_ = !*same;
        if (disproved_)
            co_return failure{
                errc::source_changed, "other bytes than the kept ones", error_context::remote_file};
        status_.bytes_discarded += bytes.size();
    } else if (file_.holds_back()) {
        held.tail.insert(held.tail.end(), bytes.begin(), bytes.end());
    } else {
        auto put = [&] { return held.file.write(bytes, part_.next); };
        auto written = co_await with_.disk.run(put);
        if (!written) co_return written;
    }
    advance(bytes.size());
    busy_ = false;
    co_return result<void>();
}

inline void range_sink::accepted(std::uint64_t bytes) { advance(bytes); }

inline void range_sink::advance(std::uint64_t bytes) {
    const byte_range came{part_.next, part_.next + bytes};
    part_.next = came.end;
    part_.reserved -= bytes;
    file_.promise(-static_cast<std::int64_t>(bytes));
    give_back();
    if (bytes == 0) return;
    received_ += bytes;
    status_.bytes_received += bytes;
    if (!comparing_ && !file_.holds_back()) file_.arrived(came);
    status_.bytes_transferred = file_.bytes_here();
    moved_ = with_.time.now();
}

}  // namespace ferry::detail
