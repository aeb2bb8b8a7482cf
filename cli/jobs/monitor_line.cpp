#include "cli/control/document.hpp"
#include "cli/jobs/monitor_table.hpp"
#include "cli/text/format.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <cmath>

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t id_width = 8, state_width = 14, priority_width = 10, bar_width = 20,
                      done_width = 8, rate_width = 10, eta_width = 8, column_gap = 2;

/// What of a job there is room for.
struct layout {
    explicit layout(std::size_t width) {
        constexpr std::size_t least_name = 8, most_name = 30, more_name = 20;
        constexpr auto least = id_width + column_gap + least_name + column_gap + state_width + 1 +
                               done_width + 1 + rate_width + column_gap + eta_width;
        auto spare = width - std::min(width, least);
        priority = spare >= priority_width + column_gap;
        if (priority) spare -= priority_width + column_gap;
        bar = spare >= bar_width + column_gap + (more_name - least_name);
        if (bar) spare -= bar_width + column_gap;
        name = std::min(least_name + spare, most_name);
    }
    std::size_t name;
    bool priority;
    bool bar;
};

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, columns(text)), ' ') + text;
}

bool is_empty(const json::object& job) { return number_in(job, "files_total") == 0; }

/// Between 0 and 1; none while the size is unknown.
std::optional<double> share_of(const json::object& job) {
    const auto total = number_in(job, "bytes_total");
    if (!total || is_empty(job)) return std::nullopt;
    const auto bytes = number_in(job, "bytes_transferred").value_or(0);
    if (bytes >= *total) return 1.0;
    return static_cast<double>(bytes) / static_cast<double>(*total);
}

std::string bar_of(std::optional<double> share) {
    if (!share) return std::string(bar_width, ' ');
    constexpr auto inner = bar_width - 2;
    auto text = std::string(static_cast<std::size_t>(std::floor(*share * inner)), '=');
    if (text.size() < inner) text += '>';
    text.resize(inner, ' ');
    return "[" + text + "]";
}

std::string done_of(const json::object& job, std::optional<double> share) {
    if (is_empty(job)) return "no files";
    if (share) return std::to_string(static_cast<int>(std::floor(*share * 100))) + "%";
    const auto bytes = number_in(job, "bytes_transferred").value_or(0);
    return bytes > 0 ? format_size(bytes) : std::string();
}

std::string speed_of(const json::object& job, double bytes_per_second) {
    const auto bytes = number_in(job, "bytes_transferred").value_or(0);
    const auto left = time_left(number_in(job, "bytes_total"), bytes, bytes_per_second);
    return right(format_rate(bytes_per_second), rate_width) + std::string(column_gap, ' ') +
           right(left ? format_clock(*left) : "", eta_width);
}

std::string trimmed(std::string line, std::size_t width) {
    line = cut(line, width);
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

std::string monitor_head(std::size_t width) {
    const layout has(width);
    auto line = padded("ID", id_width + column_gap) + padded("NAME", has.name + column_gap) +
                padded("STATE", state_width + 1);
    if (has.priority) line += " " + padded("PRIORITY", priority_width + 1);
    if (has.bar) line += std::string(bar_width + column_gap, ' ');
    return trimmed(
        line + right("DONE", done_width) + " " + right("RATE", rate_width) +
            std::string(column_gap, ' ') + right("ETA", eta_width),
        width);
}

std::string monitor_line(
    const json::object& job, double bytes_per_second, wall_time now, std::size_t width) {
    const layout has(width);
    const auto state = state_in(job);
    const auto share = share_of(job);
    auto line = padded(printable(short_id(job)), id_width + column_gap) +
                padded(name_of(job), has.name) + std::string(column_gap, ' ') +
                padded(printable(text_in(job, "state")), state_width + 1);
    if (has.priority) line += " " + padded(printable(text_in(job, "priority")), priority_width + 1);
    if (has.bar) line += bar_of(share) + std::string(column_gap, ' ');
    line += right(done_of(job, share), done_width) + " ";
    // What does not run has a reason instead of a rate.
    const bool moves = state == job_state::transferring;
    const auto note = note_on(job, now);
    line += moves ? speed_of(job, bytes_per_second) : note.empty() ? "" : " " + note;
    return trimmed(std::move(line), width);
}

}  // namespace ferry::cli
