#pragma once

#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>

#include <optional>

namespace ferry::detail {

inline void enter(transfer_status& status, const transfer_options& options, transfer_phase phase) {
    status.phase = phase;
    if (options.on_change) options.on_change(status);
}

/// What a transfer waits for before its first attempt and between two: that its host may be asked
/// and has room for a connection, and that a failure has had its time.
class patience {
  public:
    /// @param other  Must want to be asked as well; null: there is none. All must outlive it.
    patience(
        environment& with, const url& peer, const transfer_options& options,
        transfer_status& status, const url* other = nullptr)
        : with_(with),
          peer_(peer),
          other_(other),
          options_(options),
          status_(status),
          progressed_(with.time.now()) {}

    /// Until the host may be asked and has room for a connection.
    [[nodiscard]] awaitable<result<host_slots::slot>> wait_for_host();
    /// A slot if there is one to spare; an empty one where nobody counts.
    std::optional<host_slots::slot> try_slot();
    /// Fails with `why`, which `by` has said, if there is no more to be hoped for.
    [[nodiscard]] awaitable<result<void>> wait_before_retry(failure why, url by);
    /// A byte moved that had not moved before.
    void progressed(clock::time_point when) {
        progressed_ = when;
        failures_ = 0;
    }

  private:
    clock::time_point gates_open() const;
    [[nodiscard]] awaitable<result<void>> wait_for_gate();
    [[nodiscard]] awaitable<result<host_slots::slot>> wait_for_slot();
    [[nodiscard]] awaitable<result<void>> wait_until(clock::time_point when);

    environment& with_;
    const url& peer_;
    const url* const other_;
    const transfer_options& options_;
    transfer_status& status_;
    clock::time_point progressed_;
    unsigned failures_ = 0;  // since then
};

}  // namespace ferry::detail

#include <ferry/impl/patience.ipp>
