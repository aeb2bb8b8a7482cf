#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/signal_set.hpp>

#include <functional>

namespace ferry::cli {

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
