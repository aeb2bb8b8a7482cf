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
    std::vector<job> snapshot;  // the jobs themselves go on changing meanwhile
    for (const auto& one : requests)
        if (one->keep) snapshot.push_back(*one->keep);
    auto work = [&] {
        commit(requests, snapshot);
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

inline void job_keeper::commit(const group& requests, const std::vector<job>& snapshot) {
    const auto together = snapshot.empty() ? result<void>() : store_->commit(snapshot);
    std::vector<std::string> unwanted;
    for (const auto& one : requests)
        if (!one->keep) unwanted.push_back(one->forget);
    const auto removed = unwanted.empty() ? result<void>() : store_->remove(unwanted);
    auto next = snapshot.begin();
    for (const auto& one : requests) {
        if (!one->keep) {
            one->outcome = removed;
            continue;
        }
        const std::span<const job> single(&*next++, 1);
        if (!together) one->outcome = snapshot.size() == 1 ? together : store_->commit(single);
    }
}

}  // namespace ferry::detail
