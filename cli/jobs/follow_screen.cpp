#include "cli/jobs/follow_screen.hpp"

#include "cli/get/progress.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>

namespace ferry::cli {

void screen_block::line(std::string_view text) {
    above_ += text;
    above_ += '\n';
}

void screen_block::show(const std::vector<std::string>& lines, terminal_size window) {
    if (above_.empty() && lines == drawn_ && window.columns == columns_) return;
    write_all(descriptor_, repaint(rows_of(drawn_, window.columns), above_, lines));
    above_.clear();
    drawn_ = lines;
    columns_ = window.columns;
}

std::size_t rows_of(const std::vector<std::string>& lines, std::size_t width) {
    std::size_t rows = 0;
    for (const auto& line : lines)
        rows += std::max<std::size_t>(1, (columns(line) + width - 1) / width);
    return rows;
}

}  // namespace ferry::cli
