#pragma once

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace ferry::detail {

/// A blocking call, from the moment it is submitted until its caller has been told.
class blocking_call {
  public:
    virtual ~blocking_call() = default;
    virtual void run() = 0;      ///< on a thread of the lane; must not throw
    virtual void deliver() = 0;  ///< hands the outcome to the caller; the last use of this object

  private:
    friend class worker_lane;
    blocking_call* next_ = nullptr;
};

/// A queue of calls and the threads that run them. The thread that became idle last is the first
/// to be woken: it is still warm, and the processor that it runs on awake. Before it tells a caller
/// it counts as idle, so that who makes one call after the other stays with one thread.
class worker_lane {
  public:
    /// @param batch  A thread takes as many calls at once and tells their callers afterwards: the
    ///               network's thread is woken less often, but the first of them waits longer.
    worker_lane(std::size_t threads, std::size_t batch) : batch_(batch) {
        for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back();
        for (auto& one : workers_) one.thread = std::thread([this, &one] { work(one); });
    }
    worker_lane(const worker_lane&) = delete;
    worker_lane& operator=(const worker_lane&) = delete;
    /// Waits until all that was submitted is done.
    ~worker_lane() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        for (auto& one : workers_) {
            one.called.notify_one();
            one.thread.join();
        }
    }

    void submit(blocking_call& call) {
        const std::lock_guard lock(mutex_);
        (first_ ? last_->next_ : first_) = &call;
        last_ = &call;
        if (idle_.empty()) return;
        auto* worker = idle_.back();
        idle_.pop_back();
        worker->called.notify_one();
    }

  private:
    struct worker {
        std::condition_variable called = {};
        std::thread thread = {};
    };

    void work(worker& me) {
        ignore_broken_pipes();
        std::vector<blocking_call*> taken;
        while (wait_for_calls(me, taken)) {
            for (auto* call : taken) call->run();
            become_idle(me);
            for (auto* call : taken) call->deliver();
            taken.clear();
        }
    }

    /// sendfile() and splice() have no flag against SIGPIPE; what it does elsewhere in the program
    /// is not ours to say.
    static void ignore_broken_pipes() {
        sigset_t broken_pipe;
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    }

    void become_idle(worker& me) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(&me);
    }

    /// False: the lane ends, and nothing is left to do.
    bool wait_for_calls(worker& me, std::vector<blocking_call*>& taken) {
        std::unique_lock lock(mutex_);
        while (!first_) {
            if (ending_) return false;
            if (std::ranges::find(idle_, &me) == idle_.end()) idle_.push_back(&me);
            me.called.wait(lock);
        }
        std::erase(idle_, &me);
        for (; first_ && taken.size() < batch_; first_ = first_->next_) taken.push_back(first_);
        return true;
    }

    const std::size_t batch_;
    std::mutex mutex_;
    blocking_call* first_ = nullptr;
    blocking_call* last_ = nullptr;  // only while there is a first
    std::vector<worker*> idle_;
    bool ending_ = false;
    std::deque<worker> workers_;  // last, so that the threads see all of the above
};

}  // namespace ferry::detail
