#pragma once

#include <termios.h>

#include <optional>

namespace ferry::cli {

/// Keys of the terminal without the Return behind them and without their echo, as long as this
/// lives. Where standard input is no terminal, there are none.
class monitor_keys {
  public:
    monitor_keys();
    ~monitor_keys();
    monitor_keys(const monitor_keys&) = delete;
    monitor_keys& operator=(const monitor_keys&) = delete;

    /// Whether a 'q' was typed; does not wait.
    bool quit() const;

  private:
    std::optional<termios> before_;
};

}  // namespace ferry::cli
