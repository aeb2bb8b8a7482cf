#pragma once

#include <ferry/detail/at_once.hpp>
#include <ferry/detail/job_keeper.hpp>
#include <ferry/detail/job_run.hpp>
#include <ferry/engine_types.hpp>
#include <ferry/events.hpp>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ferry::detail {

/// Why a job that runs is stopped.
enum class halt_reason { none, preempted, command, shutdown, out_of_time, no_network };

/// A job, and what this process knows of it besides.
struct job_entry {
    job_entry(asio::any_io_executor on, job stored)
        : data(std::make_shared<job>(std::move(stored))), changed(std::move(on)) {}

    std::shared_ptr<job> data;
    event changed;                              ///< in state, or free for the next command
    bool busy = false;                          ///< a command is at work on it
    bool at_rest = false;                       ///< and has ended its turn: none may begin
    bool after_restart = false;                 ///< the disk may know more of its files than `data`
    job_run* run = nullptr;                     ///< while it has its turn
    asio::cancellation_signal* stop = nullptr;  ///< ends the turn
    halt_reason halt = halt_reason::none;
    clock::time_point started = {};  ///< its turn
    /// Waits for its turn or the network since then: that is not its source's fault.
    std::optional<clock::time_point> waits_since = {};
    /// When bytes came, but for such waits; none: it had no turn yet.
    std::optional<clock::time_point> progressed = {};
    std::optional<clock::time_point> retry_at = {};
    std::optional<clock::time_point> warned_at = {};  ///< that it will expire; by this process
    bool needs_saving = false;
    bool untold = false;                 ///< bytes moved, or a file ended, since its last news
    std::optional<job_error> lost = {};  ///< a file that had come and must come again
    bool saving = false;
    bool syncing = false;
    clock::time_point save_after = {};
};
using entry_ptr = std::shared_ptr<job_entry>;

/// The engine itself. Its coroutines keep it alive; whoever owns it ends them with abandon().
/// The commands are those of ferry::engine.
class engine_core : public std::enable_shared_from_this<engine_core> {
  public:
    engine_core(
        asio::any_io_executor on, environment& with, std::string folder, engine_limits limits,
        engine_hooks hooks)
        : on_(std::move(on)),
          with_(with),
          limits_(limits),
          hooks_(std::move(hooks)),
          journals_(upload_journals_in(folder)),
          keeper_(on_, with.disk, std::move(folder)),
          schedule_(limits.schedule),
          alarm_(on_),
          quiet_(on_) {}

    [[nodiscard]] awaitable<result<std::vector<stored_jobs::reject>>> start();
    [[nodiscard]] awaitable<result<void>> stop();
    void abandon();

    [[nodiscard]] awaitable<result<job>> create(job what, job_secrets secrets);
    [[nodiscard]] awaitable<result<job>> add_files(std::string id, std::vector<job_file> files);
    [[nodiscard]] awaitable<result<job>> change(std::string id, job_change what);
    [[nodiscard]] awaitable<result<job>> suspend(std::string id);
    [[nodiscard]] awaitable<result<job>> resume(std::string id);
    [[nodiscard]] awaitable<result<job>> complete(std::string id);
    [[nodiscard]] awaitable<result<job>> remove(std::string id);
    [[nodiscard]] awaitable<result<job>> reject(std::string id, std::size_t file);
    [[nodiscard]] awaitable<result<job>> wait(std::string id);

    std::vector<const job*> jobs();
    std::vector<const job*> remembered() const;
    const job* find(std::string_view id);
    result<explanation> explain(std::string_view id);
    job_events& events() noexcept { return events_; }
    std::size_t active() const noexcept;
    void network_lost();
    void network_returned();

  private:
    using time_point = clock::time_point;

    // engine_core.ipp: the parts that work together
    void spawn(awaitable<result<void>> task, asio::cancellation_signal** stop = nullptr);
    void take_in(job stored);
    void leave_alone(job_entry& one);
    std::chrono::milliseconds left_of_wish(const job& data) const;
    void go_on(const entry_ptr& one);
    entry_ptr entry_of(std::string_view id) const;
    entry_ptr entry_at(scheduler::key order) const { return listed_.at(order); }
    std::vector<entry_ptr> everyone() const;
    void set_state(job_entry& one, job_event what);
    void tell(job_entry& one, job_news what);
    void list(const entry_ptr& one);
    void unlist(const entry_ptr& one);

    // engine_time.ipp: what happens by itself
    [[nodiscard]] awaitable<result<void>> keep_time();
    time_point next_deadline() const;
    void mind_the_time();
    void act_on_time();
    void look_at_running();
    std::uint64_t take_received(job_entry& one);
    [[nodiscard]] awaitable<result<void>> sync_and_save(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> save_progress(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> save(entry_ptr one, std::shared_ptr<const job> snapshot);
    std::chrono::milliseconds without_progress(const job_entry& one) const;
    void retry_at(job_entry& one, time_point when);
    void forget_retry(job_entry& one);
    void retry(const entry_ptr& one);
    void reap();
    bool has_expired(const job_entry& one) const;
    [[nodiscard]] awaitable<result<void>> expire(std::string id);
    [[nodiscard]] awaitable<result<void>> forget_old();

    // engine_turns.ipp: a job's turn
    class turn_observer;
    void reschedule();
    void enqueue(const entry_ptr& one);
    void begin(const entry_ptr& one);
    void halt(job_entry& one, halt_reason why);
    [[nodiscard]] awaitable<result<void>> work_on(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> settle(
        entry_ptr one, result<void> outcome, std::size_t file);
    void settle_halted(const entry_ptr& one);
    void settle_arrived(job_entry& one);
    void settle_failed(job_entry& one, failure why, std::size_t file);
    static std::chrono::milliseconds wait_before_retry(
        const job_settings& asked, std::chrono::milliseconds wish);
    [[nodiscard]] awaitable<result<void>> notify(entry_ptr one);
    void notify_if_wanted(const entry_ptr& one);

    // engine_admission.ipp
    result<void> check_new(const job& what) const;
    result<void> check_change(const job& data, const job_change& what) const;
    result<void> check_files(const job& what, const std::vector<job_file>& more) const;
    bool gives_way(const std::string& id) const;
    const std::string* other_owner(const job_file& file, const std::string& id) const;
    result<void> reclaim(const job& what);
    void reserve(const std::vector<job_file>& files, const std::string& id);
    void release(const std::vector<job_file>& files, const std::string& id);

    // engine_commands.ipp, engine_completion.ipp
    class hold_on;
    [[nodiscard]] awaitable<result<entry_ptr>> take(std::string id, std::optional<job_event> what);
    [[nodiscard]] awaitable<void> bring_to_rest(entry_ptr one);
    [[nodiscard]] awaitable<result<job>> store(entry_ptr one, job_news what);
    [[nodiscard]] awaitable<void> undo(entry_ptr one, job before);
    void apply(job_entry& one, job_change what);
    void hide_headers(
        const std::vector<std::string>& before, std::vector<std::string>& headers,
        secret_changes& change) const;
    [[nodiscard]] awaitable<result<sealed_secrets>> sealed(
        std::string id, sealed_secrets before, secret_changes change);
    void open_gates(const job& what);
    [[nodiscard]] awaitable<result<void>> complete_by_itself(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> finish(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> sync_arrived(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> publish_all(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> publish(
        entry_ptr one, std::span<const std::size_t> files);
    [[nodiscard]] awaitable<result<void>> look_after(
        entry_ptr one, std::size_t file, result<void> published);
    [[nodiscard]] awaitable<result<void>> discard_all(entry_ptr one);
    [[nodiscard]] awaitable<result<void>> discard(entry_ptr one, std::size_t file);
    [[nodiscard]] awaitable<void> give_up(entry_ptr one, job_file file);
    [[nodiscard]] awaitable<result<void>> close(entry_ptr one, job_event how);

    // engine_network.ipp
    void wait_for_network(job_entry& one);

    // engine_explain.ipp
    explanation explain_queued(const job& data) const;
    explanation explain_running(const job_entry& one) const;
    std::optional<explanation> explain_silence(
        const job& data, std::size_t file, const transfer_status& status) const;
    static std::string wish_of(const job& data);
    explanation explain_waiting(const job_entry& one) const;

    asio::any_io_executor on_;
    environment& with_;
    engine_limits limits_;
    engine_hooks hooks_;
    const std::string journals_;
    job_keeper keeper_;
    job_events events_;
    scheduler schedule_;

    std::map<scheduler::key, entry_ptr> listed_;                 // those that are not over
    std::unordered_map<std::string, entry_ptr> by_id_;           // also those that are
    std::list<std::string> over_;                                // remembered, the oldest first
    std::unordered_map<std::string, std::string> destinations_;  // path → id of the job
    std::set<std::pair<time_point, scheduler::key>> retries_;
    std::set<scheduler::key> running_;
    std::uint64_t last_order_ = 0;
    std::size_t arriving_ = 0;  // jobs that are being created
    std::size_t commands_ = 0;  // at work on other jobs
    std::size_t notifying_ = 0;

    std::list<asio::cancellation_signal> tasks_;
    event alarm_;  // the next deadline has changed
    event quiet_;  // a task or a command has ended
    time_point asleep_until_ = time_point::max();
    time_point next_look_ = time_point::max();  // at the running jobs
    time_point next_reap_ = time_point::max();
    bool stopping_ = false;
    bool offline_ = false;
};

}  // namespace ferry::detail

#include <ferry/impl/engine_admission.ipp>
#include <ferry/impl/engine_commands.ipp>
#include <ferry/impl/engine_completion.ipp>
#include <ferry/impl/engine_core.ipp>
#include <ferry/impl/engine_explain.ipp>
#include <ferry/impl/engine_network.ipp>
#include <ferry/impl/engine_time.ipp>
#include <ferry/impl/engine_turns.ipp>
