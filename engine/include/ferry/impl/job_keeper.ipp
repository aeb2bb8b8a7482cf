#pragma once

#include <utility>

namespace ferry::detail {

inline awaitable<result<stored_jobs>> job_keeper::open() {
    auto work = [this]() -> result<stored_jobs> {
        auto opened = job_store::open(folder_);
        if (!opened) return opened.error();
        store_ = *std::move(opened);
        return store_->load();
    };
    auto loaded = co_await disk_.run(work);
    co_return loaded;
}

inline awaitable<result<void>> job_keeper::save(std::shared_ptr<const job> one) {
    auto outcome = co_await ask(std::make_shared<request>(on_, std::move(one), std::string()));
    co_return outcome;
}

inline awaitable<result<void>> job_keeper::forget(std::string id) {
    auto outcome = co_await ask(std::make_shared<request>(on_, nullptr, std::move(id)));
    co_return outcome;
}

inline awaitable<result<void>> job_keeper::ask(std::shared_ptr<request> mine) {
    waiting_.push_back(mine);
    while (busy_ && !mine->done) co_await mine->called.wait();
    if (mine->done) co_return mine->outcome;
    busy_ = true;  // whoever finds nobody at work commits for all who wait
    const auto requests = std::exchange(waiting_, {});
    auto work = [&] {
        commit(requests);
        return true;
    };
    co_await disk_.run(work);
    busy_ = false;
    for (const auto& one : requests) {
        one->done = true;
        one->called.notify();
    }
    if (!waiting_.empty()) waiting_.front()->called.notify();
    co_return mine->outcome;
}

inline void job_keeper::commit(const group& requests) {
    std::vector<const job*> wanted;
    std::vector<std::string> unwanted;
    for (const auto& one : requests) {
        if (one->keep)
            wanted.push_back(one->keep.get());
        else
            unwanted.push_back(one->forget);
    }
    const auto together = wanted.empty() ? result<void>() : store_->commit(wanted);
    const auto removed = unwanted.empty() ? result<void>() : store_->remove(unwanted);
    for (const auto& one : requests) {
        if (!one->keep)
            one->outcome = removed;
        else if (!together)
            one->outcome = wanted.size() == 1 ? together : store_->commit({one->keep.get(), 1});
    }
}

}  // namespace ferry::detail
