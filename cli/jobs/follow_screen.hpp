#pragma once

#include "cli/text/console.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// A block of lines at the bottom of the terminal that is replaced in place; ordinary lines scroll
/// above it. The cursor is neither hidden nor left elsewhere than below the block, so that there is
/// nothing to restore, however the process ends.
class screen_block final : public line_output {
  public:
    explicit screen_block(int descriptor) : descriptor_(descriptor) {}

    /// Shown above the block, with the next show().
    void line(std::string_view text) override;
    /// Writes nothing if nothing has changed.
    /// @param lines  For a window of this size, each narrower than that.
    void show(const std::vector<std::string>& lines, terminal_size window);
    terminal_size window() const noexcept { return size_of_terminal(descriptor_); }

  private:
    int descriptor_;
    std::string above_;               // lines that wait for the next show()
    std::vector<std::string> drawn_;  // the block as it stands there
    std::size_t columns_ = 0;         // of the window in which it was drawn
};

/// The rows that lines take in a window: it may have become narrower, and then they are wrapped.
std::size_t rows_of(const std::vector<std::string>& lines, std::size_t width);

}  // namespace ferry::cli
