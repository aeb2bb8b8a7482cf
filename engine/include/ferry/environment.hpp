#pragma once

#include <ferry/clock.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/host_gates.hpp>
#include <ferry/host_slots.hpp>
#include <ferry/protocol.hpp>
#include <ferry/publisher.hpp>
#include <ferry/rate.hpp>

#include <functional>

namespace ferry {

/// What transfers share: time, plug-ins, threads and limits. Must outlive every transfer.
/// Threads: one executor, which must be a strand or run by one thread.
struct environment {
    clock& time;
    protocol_set& protocols;
    disk_pool& disk;
    rate_limit& rate;                ///< shared by all connections of all transfers
    publisher& publishing;           ///< groups the syncs of files that end at about the same time
    host_gates& gates;               ///< hosts that asked to be left alone for a while
    std::function<double()> random;  ///< in [0, 1); for jitter
    host_slots* slots = nullptr;     ///< connections to one origin; null: as many as one likes
};

}  // namespace ferry
