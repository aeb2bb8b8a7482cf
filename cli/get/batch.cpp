#include "cli/get/batch.hpp"

#include "cli/get/server_name.hpp"

#include <ferry/detail/relay_access.hpp>
#include <ferry/detail/task_group.hpp>

namespace ferry::cli {

bool batch::has_room() const noexcept {
    return returning_ == 0 && receiving_ < options_.parallel && retrying_ < options_.retrying &&
           publishing_ < options_.publishing;
}

void batch::move(unsigned*& place, unsigned& to) {
    --*place;
    place = &to;
    ++to;
    room_.notify();
}

/// Goes before the files that have not begun: else a long list would keep it out for good.
awaitable<result<void>> batch::receive_again(unsigned*& place) {
    result<void> woken;
    ++returning_;
    while (woken && receiving_ >= options_.parallel) woken = co_await room_.wait();
    --returning_;
    if (woken) move(place, receiving_);
    co_return woken;
}

awaitable<result<void>> batch::run() {
    const auto here = co_await asio::this_coro::executor;
    co_await asio::this_coro::throw_if_cancelled(false);
    detail::task_group files(here);
    result<void> outcome;
    for (std::size_t next = 0; next < items_.size() && outcome;) {
        if (has_room()) {
            ++receiving_;
            files.spawn(transfer(next++));
        } else {
            outcome = co_await room_.wait();
        }
    }
    if (!outcome) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        files.stop(outcome.error());
    }
    outcome = co_await files.join();
    co_return outcome;
}

awaitable<result<void>> batch::moving(running_file& file, transfer_options options) {
    const auto& item = file.item;
    if (item.from) return relaying(file, std::move(options));
    if (options_.upload)
        return upload(
            with_, item.local, item.remote, std::move(options), *options_.upload, file.status);
    if (item.named_by_server) return download_named(file, std::move(options));
    return download(with_, item.remote, item.local, std::move(options), file.status);
}

awaitable<result<void>> batch::relaying(running_file& file, transfer_options options) {
    const auto& from = *file.item.from;
    const auto& to = file.item.remote;
    auto ends = detail::access_between(*options.access, options_.between, from, to);
    options.access = std::move(ends.destination);
    auto asked = *options_.upload;
    asked.source_access = std::move(ends.source);
    return upload(with_, from, to, std::move(options), std::move(asked), file.status);
}

awaitable<result<void>> batch::download_named(running_file& file, transfer_options options) {
    auto& item = items_[file.index];
    auto name = co_await name_by_server(with_, item.remote, options);
    if (!name) co_return name.error();
    item.local.replace_filename(*name);
    if (!named_.insert(item.local).second)
        co_return failure{
            errc::exists, item.local.native() + ": a second file of this name (name it with -o)",
            error_context::local_file};
    auto going = download(with_, item.remote, item.local, std::move(options), file.status);
    auto outcome = co_await std::move(going);
    co_return outcome;
}

awaitable<result<void>> batch::transfer(std::size_t index) {
    running_file file{index, items_[index], {}, with_.time.now(), options_.upload.has_value()};
    unsigned* place = &receiving_;  // run() has counted it
    auto options = options_.transfer;
    options.turn = [this, &place] { return receive_again(place); };
    options.on_change = [this, &file, &place](const transfer_status& status) {
        if (place == &receiving_ && status.phase == transfer_phase::retrying)
            move(place, retrying_);
        if (place == &receiving_ && status.phase == transfer_phase::publishing)
            move(place, publishing_);
        observer_.changed(file);
    };
    observer_.started(file);
    auto op = moving(file, std::move(options));
    const auto outcome = co_await caught(std::move(op));
    --*place;
    room_.notify();
    observer_.finished(file, outcome);
    co_return result<void>();  // a file's failure is no reason to stop the others
}

}  // namespace ferry::cli
