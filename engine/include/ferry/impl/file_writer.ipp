#pragma once

namespace ferry::detail {

inline file_writer::file_writer(
    environment& with, asio::any_io_executor on, transfer_status& status, std::string url,
    const transfer_options& options)
    : with_(with),
      status_(status),
      url_(std::move(url)),
      boot_(options.sync == sync_policy::automatic ? std::string() : boot_id()),
      owner_(options.owner),
      umask_(options.umask),
      last_(with.time.now()),
      changed_(on),
      background_(on) {}

/// A job may take over what another one has: their engine has seen to it that it gave way.
inline failure kept_by_job(const std::string& id, const std::string& path) {
    return {
        errc::busy,
        "job " + id.substr(0, 8) + " keeps " + path +
            " (complete or remove that job, or delete it if the job is no more)",
        error_context::local_file};
}

inline result<void> file_writer::open(std::string destination) {
    destination_ = std::move(destination);
    auto main = partial::create(partial_of(destination_), umask_);
    if (!main) return main.error();
    if (const auto& kept = main->record(); kept && owner_.empty()) {
        if (!kept->job.empty() && kept->url != url_)
            return kept_by_job(kept->job, main->paths().data);
        owner_ = kept->job;  // who goes on for a job, keeps it for that
    }
    held_ = hold(*std::move(main), url_);
    if (held_.bytes.ranges.empty()) return held_.file.clear();
    auto newer = partial::open(replacement_of(destination_));
    if (!newer) return newer.error();
    if (!*newer) return {};
    if ((*newer)->record())
        previous_ = std::exchange(held_, hold(**std::move(newer), url_));
    else
        (*newer)->remove();
    return {};
}

inline awaitable<result<void>> file_writer::begin_replacement() {
    co_await settle();
    if (!previous_ && !held_.bytes.ranges.empty()) {
        if (held_.dirty()) co_await checkpoint();
        if (!checkpointed_) co_return checkpointed_;
        previous_ = std::exchange(held_, holding());
    }
    auto work = [this]() -> result<void> {
        if (previous_ && held_.file.descriptor() < 0) {
            auto fresh = partial::create(replacement_of(destination_), umask_);
            if (!fresh) return fresh.error();
            held_.file = *std::move(fresh);
        }
        return held_.file.clear();
    };
    status_.bytes_discarded += held_.received();
    held_.bytes = {};
    held_.durable = {};
    held_.from_before = 0;
    held_.tail.clear();
    auto ready = co_await with_.disk.run(work);
    co_return ready;
}

inline awaitable<result<void>> file_writer::return_to_previous() {
    co_await settle();
    status_.bytes_discarded += held_.received();
    auto work = [this]() -> result<void> {
        held_.file.remove();
        held_ = *std::exchange(previous_, std::nullopt);
        return {};
    };
    auto returned = co_await with_.disk.run(work);
    co_return returned;
}

inline std::uint64_t file_writer::room() const noexcept {
    const auto used =
        held_.at_risk() + static_cast<std::uint64_t>(std::max<std::int64_t>(0, promised_));
    return used < max_at_risk ? max_at_risk - used : 0;
}

inline awaitable<result<void>> file_writer::wait_for_room() {
    while (checkpointed_ && room() == 0) {
        if (held_.at_risk() != 0) start_checkpoint();
        auto waited = co_await changed_.wait();
        if (!waited) co_return waited;
    }
    co_return checkpointed_;
}

inline void file_writer::arrived(byte_range range) {
    held_.bytes.ranges.add(range);
    const bool due = with_.time.now() - last_ >= checkpoint_interval;
    if (due || held_.at_risk() >= max_at_risk / 2) start_checkpoint();
    changed_.notify();
}

inline void file_writer::start_checkpoint() {
    if (running_ || !checkpointed_) return;
    running_ = true;
    background_.spawn(checkpoint_in_background());
}

inline awaitable<result<void>> file_writer::checkpoint_in_background() {
    co_await checkpoint();
    co_return result<void>();  // whoever waits for room learns of a failure
}

inline bool file_writer::overtaken() const noexcept {
    return previous_ && held_.bytes.ranges.total() > previous_->bytes.ranges.total();
}

inline journal file_writer::record() const {
    journal now;
    now.url = url_;
    now.size = held_.bytes.size;
    now.version = held_.bytes.version;
    now.durable = held_.bytes.ranges;
    now.inode = held_.file.inode();
    now.boot = boot_;
    now.job = owner_;
    return now;
}

inline awaitable<void> file_writer::checkpoint() {
    running_ = true;
    const auto now = record();
    const bool promote = overtaken();
    auto work = [&]() -> result<void> {
        auto written = held_.file.checkpoint(now);
        if (written && promote) written = held_.file.move_to(partial_of(destination_));
        return written;
    };
    auto outcome = co_await with_.disk.run_synced(work);
    if (outcome) {
        held_.durable = now.durable;
        if (promote) {
            status_.bytes_discarded += previous_->received();
            previous_.reset();
        }
    }
    checkpointed_ = outcome;
    last_ = with_.time.now();
    running_ = false;
    changed_.notify();
}

inline awaitable<void> file_writer::settle() {
    while (running_) co_await changed_.wait();
}

inline awaitable<result<void>> file_writer::write_tail() {
    if (held_.tail.empty()) co_return result<void>();
    auto work = [this] { return held_.file.write(held_.tail, 0); };
    auto written = co_await with_.disk.run(work);
    if (!written) co_return written;
    held_.bytes.ranges.add({0, held_.tail.size()});
    held_.tail.clear();
    co_return written;
}

inline awaitable<result<void>> file_writer::drop_held() {
    auto drop = [this]() -> result<void> {
        if (held_.file.descriptor() >= 0) held_.file.remove();
        return {};
    };
    auto dropped = co_await with_.disk.run(drop);
    co_return dropped;
}

/// On a full disk the last bytes are worth less than the proof of all others.
inline result<void> file_writer::make_room_for_journal() {
    constexpr std::uint64_t enough = 64U << 10;
    const auto end = held_.bytes.ranges.ranges().back().end;
    held_.bytes.ranges.clip(end - std::min(end, enough));
    return held_.file.truncate(end - std::min(end, enough));
}

inline awaitable<result<void>> file_writer::save() {
    co_await settle();
    auto saved = co_await write_tail();
    if (held_.bytes.ranges.empty()) {
        auto dropped = co_await drop_held();
        co_return dropped;
    }
    if (!held_.dirty()) co_return saved;
    co_await checkpoint();
    if (!checkpointed_ && checkpointed_.error().code == std::errc::no_space_on_device) {
        auto shorten = [this] { return make_room_for_journal(); };
        co_await with_.disk.run(shorten);
        co_await checkpoint();
    }
    co_return std::exchange(checkpointed_, result<void>());
}

inline awaitable<void> file_writer::close() {
    auto joined = co_await background_.join();
    static_cast<void>(joined);  // a checkpoint reports to those who wait for room
}

inline awaitable<void> file_writer::discard() {
    co_await settle();
    auto dropped = co_await drop_held();
    static_cast<void>(dropped);
    co_await drop_previous();
    co_await close();
}

inline awaitable<void> file_writer::drop_previous() {
    if (!previous_) co_return;
    status_.bytes_discarded += previous_->received();
    auto drop = [this] {
        previous_->file.remove();
        previous_.reset();
        return true;
    };
    co_await with_.disk.run(drop);
}

inline awaitable<result<void>> file_writer::replace_previous() {
    if (!previous_) co_return result<void>();
    status_.bytes_discarded += previous_->received();
    auto move = [this]() -> result<void> {
        auto moved = held_.file.move_to(partial_of(destination_));
        if (!moved) return moved;
        previous_.reset();
        return boot_.empty() ? sync_folder(folder_of(destination_)) : moved;
    };
    auto moved = co_await with_.disk.run(move);
    co_return moved;
}

inline journal file_writer::final_record() const {
    auto whole = record();
    whole.durable.add({0, *whole.size});
    whole.verified = true;
    return whole;
}

}  // namespace ferry::detail
