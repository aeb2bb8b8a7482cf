#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/signal_set.hpp>

#include <functional>

namespace ferry::cli {

/// As long as there is nothing to clean up: SIGINT, SIGTERM and SIGHUP end the process with exit
/// code 130, until something else takes care of them. SIGHUP stays ignored where it was (nohup),
/// and so do the others.
/// @param quiet  Says nothing of it.
void leave_when_interrupted(bool quiet);

/// SIGINT, SIGTERM and SIGHUP: the first one calls `stop` on the executor, a second one ends the
/// process at once with exit code 130. SIGHUP stays ignored where it was (nohup).
class interrupt {
  public:
    interrupt(asio::any_io_executor on, std::function<void()> stop);
    interrupt(const interrupt&) = delete;
    interrupt& operator=(const interrupt&) = delete;

  private:
    asio::signal_set signals_;
};

}  // namespace ferry::cli
