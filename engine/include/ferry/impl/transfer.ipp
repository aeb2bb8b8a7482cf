#pragma once

#include <ferry/detail/download_task.hpp>
#include <ferry/detail/held.hpp>
#include <ferry/detail/held_publication.hpp>
#include <ferry/detail/run_within.hpp>
#include <ferry/detail/separate.hpp>
#include <ferry/detail/sync_files.hpp>

namespace ferry {
namespace detail {

inline result<void> remove_partial(const partial_paths& paths) {
    auto opened = partial::open(paths);
    if (!opened) return opened.error();
    if (*opened) (*opened)->remove();
    return {};
}

}  // namespace detail

FERRY_INLINE awaitable<result<void>> download(
    environment& with, url from, std::filesystem::path to, transfer_options options,
    transfer_status& status) {
    const auto on = co_await asio::this_coro::executor;
    const auto limit = options.max_time;
    detail::download_task task(
        with, on, std::move(from), std::move(to), std::move(options), status);
    auto running = detail::run_within(with.time, limit, task.run());
    auto outcome = co_await caught(std::move(running));
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto finished = co_await task.finish(std::move(outcome));
    co_return finished;
}

FERRY_INLINE awaitable<std::vector<result<std::string>>> sync_held(
    environment& with, std::vector<held_file> files) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    std::vector<detail::unsynced_file> unsynced;
    std::vector<std::size_t> places;
    std::vector<result<std::string>> marks;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& [to, mark] = files[i];
        if (detail::was_made_now(mark)) {
            unsynced.push_back({partial_of(to).data, detail::without_boot(mark)});
            places.push_back(i);
        }
        marks.emplace_back(std::move(mark));
    }
    auto work = [&unsynced] {
        detail::sync_files(unsynced);
        return true;
    };
    co_await with.disk.run(work);
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto& [path, mark, outcome] = unsynced[i];
        auto& now = marks[places[i]];
        if (outcome)
            now = std::move(mark);
        else
            now = std::move(outcome.error());
    }
    co_return marks;
}

FERRY_INLINE awaitable<result<void>> publish_held(
    environment& with, std::filesystem::path to, transfer_options options, std::string mark,
    std::shared_ptr<const file_rights> rights) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto name = to.is_absolute() ? to.string() : std::filesystem::absolute(to).string();
    auto file = detail::publication_of_held(std::move(name), options, mark);
    file.rights = std::move(rights);
    auto published = co_await with.publishing.publish(std::move(file));
    co_return published;
}

FERRY_INLINE awaitable<result<void>> publish_held(
    environment& with, std::filesystem::path to, transfer_options options, std::string mark) {
    return publish_held(with, std::move(to), std::move(options), std::move(mark), nullptr);
}

FERRY_INLINE awaitable<result<void>> discard_held(environment& with, std::filesystem::path to) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto name = std::filesystem::absolute(to).string();
    auto remove = [&name]() -> result<void> {
        auto first = detail::remove_partial(partial_of(name));
        auto second = detail::remove_partial(replacement_of(name));
        return first ? second : first;
    };
    auto removed = co_await with.disk.run_briefly(remove);
    co_return removed;
}

}  // namespace ferry
