#pragma once

#include "cli/daemon/control_session.hpp"

#include <ferry/engine.hpp>
#include <ferry/rate.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace ferry::cli {

/// What a daemon tells about itself, and whose jobs it keeps.
struct server_facts {
    int pid = 0;
    std::string folder = {};  ///< of its state
    std::string owner = {};   ///< of the jobs that are created
    clock::wall_time started = {};
};

/// The limit that all jobs share.
struct shared_limit {
    rate_limit& rate;
    std::uint64_t bytes_per_second = 0;  ///< as it is now; 0: none
    /// Stores it for the next daemon; a failure leaves the limit as it was.
    std::function<awaitable<result<void>>(std::uint64_t bytes_per_second)> keep;
};

/// The methods of the control socket, over an engine.
/// Threads: the engine's executor.
class control_methods {
  public:
    /// @param jobs  Must outlive this object, and that the table.
    control_methods(engine& jobs, server_facts facts, shared_limit limit)
        : engine_(jobs), facts_(std::move(facts)), limit_(std::move(limit)) {}
    control_methods(const control_methods&) = delete;
    control_methods& operator=(const control_methods&) = delete;

    method_table table();

  private:
    using object = boost::json::object;
    using reply = awaitable<result<object>>;
    using action = awaitable<result<job>> (engine::*)(std::string id);

    reply create(object parameters);
    reply add_files(object parameters);
    reply set(object parameters);
    reply act(object parameters, action what);
    reply set_limit(object parameters);

    result<object> info(const object& parameters);
    result<object> list(const object& parameters);
    result<object> get(const object& parameters);
    result<object> explain(const object& parameters);
    result<object> limit(const object& parameters);
    result<object> subscribe(const object& parameters, event_feed& events);

    result<std::string> find(const object& parameters);
    result<engine::change_request> read_change(const std::string& id, const object& from);

    engine& engine_;
    server_facts facts_;
    shared_limit limit_;
};

}  // namespace ferry::cli
