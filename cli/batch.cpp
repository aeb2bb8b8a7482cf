#include "cli/batch.hpp"

#include <ferry/detail/task_group.hpp>

namespace ferry::cli {

bool batch::has_room() const noexcept {
    return receiving_ < options_.parallel && publishing_ < options_.publishing;
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

awaitable<result<void>> batch::transfer(std::size_t index) {
    running_file file{index, items_[index], {}, with_.time.now()};
    bool receiving = true;
    auto options = options_.transfer;
    options.on_change = [this, &file, &receiving](const transfer_status& status) {
        if (receiving && status.phase == transfer_phase::publishing) {
            receiving = false;
            --receiving_;
            ++publishing_;
            room_.notify();
        }
        observer_.changed(file);
    };
    observer_.started(file);
    auto op = download(with_, file.item.source, file.item.destination, options, file.status);
    const auto outcome = co_await caught(std::move(op));
    --(receiving ? receiving_ : publishing_);
    room_.notify();
    observer_.finished(file, outcome);
    co_return result<void>();  // a file's failure is no reason to stop the others
}

}  // namespace ferry::cli
