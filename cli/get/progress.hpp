#pragma once

#include "cli/get/batch.hpp"
#include "cli/text/console.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/speed_meter.hpp"

#include <map>
#include <string>
#include <vector>

namespace ferry::cli {

/// A block of lines at the bottom of the terminal that shows what is active now; ordinary lines
/// scroll above it. The cursor is neither hidden nor left elsewhere than below the block, so that
/// there is nothing to restore, however the process ends.
class progress_display final : public batch_observer, public line_output {
  public:
    progress_display(clock& time, int descriptor, std::size_t files)
        : time_(time), descriptor_(descriptor), files_(files) {}

    /// Shown above the block, with the next redraw.
    void line(std::string_view text) override;

    void started(const running_file& file) override;
    void changed(const running_file&) override {}
    void finished(const running_file& file, const result<void>& outcome) override;

    /// To be called by a timer, about ten times a second.
    void redraw();
    /// Shows the lines that wait and removes the block; later lines appear at once.
    void close();

  private:
    struct active {
        const running_file* file;
        speed_meter speed = {};
    };
    std::vector<std::string> block(terminal_size window);
    file_progress progress_of(const active& one) const;
    total_progress total(std::size_t shown) const;
    void paint(const std::vector<std::string>& block, std::size_t width);
    std::size_t rows_above(std::size_t width) const;

    clock& time_;
    int descriptor_;
    std::size_t files_;
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
    std::uint64_t ended_bytes_ = 0;     // in place, of files that ended
    std::uint64_t ended_received_ = 0;  // received by them
    speed_meter speed_;
    std::map<std::size_t, active> active_;
    std::string above_;               // lines that wait for the next redraw
    std::vector<std::string> drawn_;  // the block as it stands there
    bool closed_ = false;
};

/// What to write so that `above` scrolls away over a block of which `rows` rows stand there, and
/// `block` takes its place.
std::string repaint(
    std::size_t rows, std::string_view above, const std::vector<std::string>& block);

}  // namespace ferry::cli
