#include "cli/text/progress_line.hpp"

#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <cmath>

namespace ferry::cli {
namespace {

std::string right_aligned(std::string text, std::size_t width) {
    const auto used = columns(text);
    return used < width ? std::string(width - used, ' ') + text : text;
}

double share_of(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return 1;
    return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

/// "45%"; 100 % only when all is there.
std::string percent(double share) {
    return std::to_string(static_cast<int>(std::floor(share * 100))) + "%";
}

/// "[=====>    ]", `width` columns, at least 3.
std::string bar(double share, std::size_t width) {
    const auto inner = width - 2;
    const auto full = static_cast<std::size_t>(std::floor(share * static_cast<double>(inner)));
    auto text = std::string(full, '=');
    if (full < inner) text += '>';
    text.resize(inner, ' ');
    return "[" + text + "]";
}

/// Percent, bytes, rate and time, in columns of constant width.
std::string figures(const file_progress& file) {
    const auto share = file.bytes_total
                           ? percent(share_of(file.bytes_transferred, *file.bytes_total))
                           : std::string();
    auto text = right_aligned(share, 4) + right_aligned(format_size(file.bytes_transferred), 10);
    switch (file.phase) {
        case transfer_phase::waiting:
        case transfer_phase::connecting:
            return text + "  connecting";
        case transfer_phase::verifying:
            return text + "  verifying";
        case transfer_phase::publishing:
        case transfer_phase::done:
            return text + "  saving";
        default:
            break;
    }
    text += right_aligned(format_rate(file.bytes_per_second), 12);
    const auto left = time_left(file.bytes_total, file.bytes_transferred, file.bytes_per_second);
    return text + (left ? "  ETA " + format_clock(*left) : "");
}

std::string retry_text(const file_progress& file) {
    auto text =
        "retrying in " + format_duration(std::chrono::ceil<std::chrono::seconds>(file.next_try));
    if (file.next_try.count() <= 0) text = "retrying";
    return file.reason.empty() ? text : text + ": " + file.reason;
}

}  // namespace

std::optional<std::chrono::seconds> time_left(
    std::optional<std::uint64_t> total, std::uint64_t transferred, double bytes_per_second) {
    constexpr double forever = 100 * 3600;  // nobody waits for that, and it would not fit
    if (!total || bytes_per_second <= 0 || transferred > *total) return std::nullopt;
    const auto seconds = static_cast<double>(*total - transferred) / bytes_per_second;
    if (seconds >= forever) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

std::string progress_line(const file_progress& file, std::size_t width) {
    constexpr std::size_t least_bar = 10, most_bar = 30, figures_width = 40;
    const auto name = padded(file.name, std::clamp<std::size_t>(width / 3, 8, 40)) + "  ";
    if (file.phase == transfer_phase::retrying) return cut(name + retry_text(file), width);

    const auto numbers = padded(figures(file), figures_width);
    auto resumed =
        file.bytes_resumed > 0 ? "  resumed " + format_size(file.bytes_resumed) : std::string();
    const auto used = columns(name) + figures_width;
    if (used + columns(resumed) > width) resumed.clear();
    const auto room = width - std::min(width, used + columns(resumed));
    std::string middle;
    if (room >= least_bar + 1) {
        const auto size = std::min(room - 1, most_bar);
        const auto known = file.bytes_total.has_value();
        middle = known ? bar(share_of(file.bytes_transferred, *file.bytes_total), size)
                       : std::string(size, ' ');
        middle += " ";
    }
    auto line = cut(name + middle + numbers + resumed, width);
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string total_line(const total_progress& all, std::size_t width) {
    auto text = std::to_string(all.done) + " of " + std::to_string(all.files) + " files  " +
                format_size(all.bytes_transferred);
    if (all.bytes_total)
        text += " of " + format_size(*all.bytes_total) + "  " +
                percent(share_of(all.bytes_transferred, *all.bytes_total));
    text += "  " + format_rate(all.bytes_per_second);
    const auto left = time_left(all.bytes_total, all.bytes_transferred, all.bytes_per_second);
    if (left) text += "  ETA " + format_clock(*left);
    if (all.failed > 0) text += "  " + std::to_string(all.failed) + " failed";
    if (all.syncing > 0) text += "  " + std::to_string(all.syncing) + " saving";
    if (all.hidden > 0) text += "  " + std::to_string(all.hidden) + " more active";
    return cut(text, width);
}

}  // namespace ferry::cli
