#include "cli/get/progress.hpp"

#include "cli/get/messages.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>

namespace ferry::cli {

void progress_display::line(std::string_view text) {
    above_ += text;
    above_ += '\n';
    if (!closed_) return;
    write_all(descriptor_, above_);
    above_.clear();
}

void progress_display::started(const running_file& file) {
    const auto [one, added] = active_.emplace(file.index, active{&file});
    one->second.speed.sample(file.started, 0);
}

void progress_display::finished(const running_file& file, const result<void>& outcome) {
    active_.erase(file.index);
    ended_bytes_ += file.status.bytes_transferred;
    ended_received_ += file.status.bytes_received;
    ++(outcome ? done_ : failed_);
}

file_progress progress_display::progress_of(const active& one) const {
    const auto& status = one.file->status;
    file_progress shown;
    shown.name = name_of(*one.file);
    shown.phase = status.phase;
    shown.bytes_total = status.bytes_total;
    shown.bytes_transferred = status.bytes_transferred;
    shown.bytes_resumed = status.bytes_resumed;
    shown.bytes_per_second = one.speed.bytes_per_second();
    if (status.next_try)
        shown.next_try =
            std::chrono::duration_cast<std::chrono::milliseconds>(*status.next_try - time_.now());
    if (status.last_error) shown.reason = reason_of(one.file->item.remote, *status.last_error);
    return shown;
}

total_progress progress_display::total(std::size_t shown) const {
    total_progress all{.files = files_, .done = done_, .failed = failed_};
    all.bytes_transferred = ended_bytes_;
    auto known = ended_bytes_;
    // The sum is known when the last files have begun and told their sizes.
    bool complete = done_ + failed_ + active_.size() == files_ && failed_ == 0;
    for (const auto& [index, one] : active_) {
        const auto& status = one.file->status;
        all.bytes_transferred += status.bytes_transferred;
        complete = complete && status.bytes_total;
        known += status.bytes_total.value_or(0);
        if (status.phase == transfer_phase::publishing) ++all.syncing;
    }
    if (complete) all.bytes_total = known;
    all.bytes_per_second = speed_.bytes_per_second();
    all.hidden = active_.size() - all.syncing - shown;
    return all;
}

std::vector<std::string> progress_display::block(terminal_size window) {
    // A row for the cursor and one for the total stay free; the last column would wrap.
    const auto width = window.columns - 1;
    const auto most = std::max<std::size_t>(window.rows, 3) - 2;
    std::vector<std::string> lines;
    auto received = ended_received_;
    for (auto& [index, one] : active_) {
        one.speed.sample(time_.now(), one.file->status.bytes_received);
        received += one.file->status.bytes_received;
        const bool alone = files_ == 1;
        const bool saving = one.file->status.phase == transfer_phase::publishing;
        if (lines.size() < most && (alone || !saving))
            lines.push_back(progress_line(progress_of(one), width));
    }
    speed_.sample(time_.now(), received);
    if (files_ > 1) lines.push_back(total_line(total(lines.size()), width));
    return lines;
}

/// The window may have become narrower: then what was drawn has been wrapped.
std::size_t progress_display::rows_above(std::size_t width) const {
    std::size_t rows = 0;
    for (const auto& line : drawn_)
        rows += std::max<std::size_t>(1, (columns(line) + width - 1) / width);
    return rows;
}

void progress_display::paint(const std::vector<std::string>& block, std::size_t width) {
    write_all(descriptor_, repaint(rows_above(width), above_, block));
    above_.clear();
    drawn_ = block;
}

void progress_display::redraw() {
    const auto window = size_of_terminal(descriptor_);
    const auto lines = block(window);
    paint(lines, window.columns);
}

void progress_display::close() {
    if (closed_) return;
    closed_ = true;
    paint({}, size_of_terminal(descriptor_).columns);
}

std::string repaint(
    std::size_t rows, std::string_view above, const std::vector<std::string>& block) {
    std::string text;
    if (rows > 0) text += "\r\x1b[" + std::to_string(rows) + "A";
    if (rows > 0) text += "\x1b[J";
    text += above;
    for (const auto& line : block) text += line + "\n";
    return text;
}

}  // namespace ferry::cli
