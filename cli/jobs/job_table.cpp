#include "cli/jobs/job_table.hpp"

#include "cli/control/document.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

namespace json = boost::json;

enum column { id, name, state, progress, priority, column_count };

/// A line of the table.
struct row {
    std::array<std::string, column_count> cells = {};
    std::string note = {};
};

using widths = std::array<std::size_t, column_count>;

constexpr std::size_t gap = 2;

row row_of(const json::object& job, const job_table_style& style) {
    return {
        {printable(text_in(job, "id").substr(0, style.id_length)), name_of(job),
         printable(text_in(job, "state")), progress_of(job), printable(text_in(job, "priority"))},
        note_on(job, style.now)};
}

std::vector<row> rows_of(const json::array& jobs, const job_table_style& style) {
    std::vector<row> rows;
    rows.reserve(jobs.size() + 1);
    rows.push_back({{"ID", "NAME", "STATE", "PROGRESS", "PRIORITY"}});
    for (const auto& one : jobs)
        if (const auto* job = one.if_object()) rows.push_back(row_of(*job, style));
    return rows;
}

std::size_t sum_of(const widths& wide) {
    std::size_t sum = (wide.size() - 1) * gap;
    for (const auto one : wide) sum += one;
    return sum;
}

/// As wide as the content, but for names that would not fit into the terminal.
widths widths_of(const std::vector<row>& rows, const std::optional<std::size_t>& terminal) {
    constexpr std::size_t least_name = 12;
    widths wide{};
    for (const auto& one : rows)
        for (std::size_t i = 0; i < wide.size(); ++i)
            wide[i] = std::max(wide[i], columns(one.cells[i]));
    const auto all = sum_of(wide);
    if (!terminal || all <= *terminal) return wide;
    const auto over = all - *terminal;
    const auto least = std::min(least_name, wide[name]);
    wide[name] = wide[name] > least + over ? wide[name] - over : least;
    return wide;
}

std::string line_of(const row& one, const widths& wide, const job_table_style& style) {
    std::string line;
    for (std::size_t i = 0; i < wide.size(); ++i)
        line += padded(one.cells[i], wide[i]) + std::string(gap, ' ');
    const auto room = style.width.value_or(line.size() + one.note.size());
    const auto fits = one.note.empty() || columns(line) + columns(one.note) <= room;
    if (fits) line += one.note;
    line.erase(line.find_last_not_of(' ') + 1);
    line = cut(line, room) + "\n";
    if (fits) return line;
    return line + cut(std::string(wide[id] + gap, ' ') + one.note, room) + "\n";
}

}  // namespace

std::string job_table(const json::array& jobs, job_table_style style) {
    if (jobs.empty()) return {};
    const auto rows = rows_of(jobs, style);
    const auto wide = widths_of(rows, style.width);
    std::string text;
    for (const auto& one : rows) text += line_of(one, wide, style);
    return text;
}

// Neighbours in the alphabet have the most in common.
std::size_t unique_length(std::vector<std::string_view> ids) {
    constexpr std::size_t least = 8;
    std::sort(ids.begin(), ids.end());
    std::size_t longest = 0;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const auto& last = ids[i - 1];
        const auto end = std::mismatch(last.begin(), last.end(), ids[i].begin(), ids[i].end());
        longest = std::max(longest, static_cast<std::size_t>(end.first - last.begin()));
    }
    return std::max(least, longest + 1);
}

}  // namespace ferry::cli
