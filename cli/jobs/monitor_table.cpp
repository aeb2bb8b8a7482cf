#include "cli/jobs/monitor_table.hpp"

#include "cli/control/document.hpp"
#include "cli/control/job_id.hpp"
#include "cli/jobs/wildcard.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <array>

namespace ferry::cli {

namespace json = boost::json;

monitor_table::monitor_table(const std::vector<std::string>& names) {
    for (const auto& one : names) {
        names_.push_back(detail::to_lower(one));
        ids_.push_back(plain_id(one));
    }
}

bool monitor_table::is_wanted(const json::object& job) const {
    const auto name = detail::to_lower(text_in(job, "display_name"));
    const auto is_name = [&](const std::string& one) { return matches(one, name); };
    const auto is_id = [&](const std::string& one) { return text_in(job, "id").starts_with(one); };
    return names_.empty() || std::any_of(names_.begin(), names_.end(), is_name) ||
           std::any_of(ids_.begin(), ids_.end(), is_id);
}

bool monitor_table::take(json::object job, clock::time_point now) {
    const std::string id(text_in(job, "id"));
    const auto state = state_in(job);
    const auto known = places_.find(id);
    if (!is_wanted(job) || (state && is_final(*state))) {
        if (known == places_.end()) return false;
        rows_.erase(known->second);
        places_.erase(known);
        return true;
    }
    const auto place = known == places_.end() ? places_.emplace(id, next_++).first : known;
    auto& one = rows_[place->second];
    one.speed.sample(now, job);
    one.job = std::move(job);
    return true;
}

void monitor_table::sample(clock::time_point now) {
    for (auto& [place, one] : rows_) one.speed.sample(now, one.job);
}

void monitor_table::clear() {
    rows_.clear();
    places_.clear();
}

std::vector<const monitor_table::row*> monitor_table::sorted() const {
    std::vector<const row*> all;
    for (const auto& [place, one] : rows_) all.push_back(&one);
    std::stable_partition(all.begin(), all.end(), [](const row* one) {
        const auto state = state_in(one->job);
        return state && is_running(*state);
    });
    return all;
}

std::string monitor_table::total_line(std::size_t hidden) const {
    std::array<std::size_t, job_states> counts{};
    double rate = 0;
    for (const auto& [place, one] : rows_) {
        const auto state = state_in(one.job);
        if (state) ++counts[static_cast<std::size_t>(*state)];
        if (state == job_state::transferring) rate += one.speed.bytes_per_second();
    }
    if (rows_.empty()) return "no jobs";
    auto text = std::to_string(rows_.size()) + (rows_.size() == 1 ? " job" : " jobs");
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0)
            text += "  " + std::to_string(counts[i]) + " " +
                    std::string(to_string(static_cast<job_state>(i)));
    text += "  " + format_rate(rate);
    return text + (hidden > 0 ? "  " + std::to_string(hidden) + " not shown" : "");
}

std::vector<std::string> monitor_table::lines(terminal_size window, wall_time now) const {
    // Rows for the head, the total and the cursor; the last column would wrap.
    const auto width = window.columns - 1;
    const auto most = std::max<std::size_t>(window.rows, 4) - 3;
    std::vector<std::string> lines;
    const auto all = sorted();
    const auto shown = std::min(all.size(), most);
    if (shown > 0) lines.push_back(monitor_head(width));
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(monitor_line(all[i]->job, all[i]->speed.bytes_per_second(), now, width));
    lines.push_back(cut(total_line(all.size() - shown), width));
    return lines;
}

}  // namespace ferry::cli
