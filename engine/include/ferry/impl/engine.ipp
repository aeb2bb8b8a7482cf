#pragma once

#include <ferry/detail/engine_core.hpp>
#include <ferry/detail/separate.hpp>
#include <ferry/impl/transfer.ipp>
#include <ferry/impl/upload.ipp>

#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <array>
#include <memory>
#include <utility>

namespace ferry {
namespace detail {

template <class T>
[[nodiscard]] awaitable<result<T>> keeping(
    std::shared_ptr<engine_core> core, awaitable<result<T>> command) {
    const auto alive = std::move(core);
    auto outcome = co_await caught(std::move(command));
    co_return outcome;
}

/// Runs a command as a coroutine of its own: its caller's cancellation does not reach it, and it
/// does not switch that off for what its caller does next.
template <class T>
[[nodiscard]] awaitable<result<T>> apart(
    std::shared_ptr<engine_core> core, awaitable<result<T>> command) {
    const auto here = co_await asio::this_coro::executor;
    auto running = keeping(std::move(core), std::move(command));
    auto [thrown, outcome] = co_await asio::co_spawn(here, std::move(running), nothrow);
    if (thrown) co_return failure{errc::cancelled};  // before it began
    co_return std::move(outcome);
}

}  // namespace detail

FERRY_INLINE std::string_view to_string(explanation::reason why) noexcept {
    constexpr std::array<std::string_view, 11> names = {
        "moving",    "queued",        "host_gate",      "host_slots",       "retry", "network",
        "suspended", "not_supported", "needs_decision", "needs_completion", "over"};
    return names[static_cast<std::size_t>(why)];
}

FERRY_INLINE engine::engine(
    asio::any_io_executor on, environment& with, std::string folder, engine_limits limits,
    engine_hooks hooks)
    : core_(std::make_shared<detail::engine_core>(
          std::move(on), with, std::move(folder), limits, std::move(hooks))) {}
FERRY_INLINE engine::~engine() { core_->abandon(); }

// Each keeps the core alive, should the engine be destroyed meanwhile.

FERRY_INLINE awaitable<result<std::vector<stored_jobs::reject>>> engine::start() {
    return detail::apart(core_, core_->start());
}
FERRY_INLINE awaitable<result<void>> engine::stop() { return detail::apart(core_, core_->stop()); }
FERRY_INLINE awaitable<result<job>> engine::create(job what) { return create(std::move(what), {}); }
FERRY_INLINE awaitable<result<job>> engine::create(job what, job_secrets secrets) {
    return detail::apart(core_, core_->create(std::move(what), std::move(secrets)));
}
FERRY_INLINE awaitable<result<job>> engine::add_files(std::string id, std::vector<job_file> files) {
    return detail::apart(core_, core_->add_files(std::move(id), std::move(files)));
}
FERRY_INLINE awaitable<result<job>> engine::change(std::string id, change_request what) {
    return detail::apart(core_, core_->change(std::move(id), std::move(what)));
}
FERRY_INLINE awaitable<result<job>> engine::suspend(std::string id) {
    return detail::apart(core_, core_->suspend(std::move(id)));
}
FERRY_INLINE awaitable<result<job>> engine::resume(std::string id) {
    return detail::apart(core_, core_->resume(std::move(id)));
}
FERRY_INLINE awaitable<result<job>> engine::complete(std::string id) {
    return detail::apart(core_, core_->complete(std::move(id)));
}
FERRY_INLINE awaitable<result<job>> engine::remove(std::string id) {
    return detail::apart(core_, core_->remove(std::move(id)));
}
FERRY_INLINE awaitable<result<job>> engine::reject(std::string id, std::size_t file) {
    return detail::apart(core_, core_->reject(std::move(id), file));
}
FERRY_INLINE awaitable<result<job>> engine::wait(std::string id) {
    const auto core = core_;
    auto outcome = co_await core->wait(std::move(id));
    co_return outcome;
}

FERRY_INLINE std::vector<const job*> engine::jobs() { return core_->jobs(); }
FERRY_INLINE std::vector<const job*> engine::remembered() const { return core_->remembered(); }
FERRY_INLINE const job* engine::find(std::string_view id) { return core_->find(id); }
FERRY_INLINE result<explanation> engine::explain(std::string_view id) { return core_->explain(id); }
FERRY_INLINE job_events& engine::events() noexcept { return core_->events(); }
FERRY_INLINE std::size_t engine::active() const noexcept { return core_->active(); }
FERRY_INLINE void engine::network_lost() { core_->network_lost(); }
FERRY_INLINE void engine::network_returned() { core_->network_returned(); }

}  // namespace ferry
