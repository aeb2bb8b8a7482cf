#include "cli/jobs/job_text.hpp"

#include "cli/control/document.hpp"
#include "cli/jobs/settings_text.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// Lines "key: value" whose values begin in the same column.
class fact_list {
  public:
    /// Leaves out what is not known.
    void add(std::string_view key, std::string_view value) {
        constexpr std::size_t column = 13;
        if (value.empty()) return;
        text_ += padded(key.empty() ? "" : std::string(key) + ":", column) + std::string(value);
        text_ += "\n";
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string state_of(const json::object& job, const json::object& settings) {
    const auto state = text_in(job, "state");
    const auto* unsupported = array_in(settings, "unsupported");
    const bool stuck = state == "Suspended" && unsupported && !unsupported->empty();
    const auto meaning = stuck ? "cannot start: see its settings" : explain_state(job);
    return printable(state) + (meaning.empty() ? "" : " (" + meaning + ")");
}

std::string whole_progress_of(const json::object& job) {
    const auto files = number_in(job, "files_total").value_or(0);
    const auto done = number_in(job, "files_transferred").value_or(0);
    auto text = progress_of(job);
    if (files > 1 && number_in(job, "bytes_total"))
        text += ", " + std::to_string(done) + " of " + std::to_string(files) + " files";
    return text;
}

/// The file that an error concerns; of a job with a single one that needs no telling.
std::string culprit_of(const json::object& job, const json::object& error) {
    const auto* files = array_in(job, "files");
    const auto index = number_in(error, "file").value_or(0);
    if (!files || files->size() < 2 || index >= files->size()) return {};
    const auto* file = (*files)[index].if_object();
    return file ? printable(text_in(*file, "source")) : "";
}

void add_error(fact_list& facts, const json::object& job, wall_time now) {
    const auto* error = object_in(job, "error");
    if (!error) return;
    const auto advice = advice_on(job);
    // one that no longer stops the job is history
    facts.add(advice.empty() ? "last error" : "error", printable(text_in(*error, "message")));
    facts.add("file", culprit_of(job, *error));
    if (text_in(job, "state") == "TransientError")
        facts.add("next try", moment(text_in(*error, "next_try"), now));
    facts.add("what to do", advice);
}

std::string facts_of(const json::object& job, const json::object& settings, wall_time now) {
    fact_list facts;
    facts.add("name", name_of(job));
    facts.add("description", printable(text_in(job, "description")));
    facts.add("id", printable(text_in(job, "id")));
    facts.add("state", state_of(job, settings));
    facts.add("progress", whole_progress_of(job));
    add_error(facts, job, now);
    facts.add("type", printable(text_in(job, "type")));
    facts.add("priority", printable(text_in(job, "priority")));
    facts.add("owner", printable(text_in(job, "owner")));
    facts.add("created", moment(text_in(job, "created"), now));
    facts.add("completed", moment(text_in(job, "completed"), now));
    std::string_view key = "settings";
    for (const auto& line : settings_text(settings)) facts.add(std::exchange(key, ""), line);
    return facts.take();
}

/// A file on its line: where it stands in columns, then where it comes from and goes to.
struct file_row {
    std::string state;
    std::string progress;
    std::string way;
};

file_row row_of(const json::object& file) {
    return {
        printable(text_in(file, "state")), file_progress_of(file),
        printable(text_in(file, "source")) + " -> " + printable(text_in(file, "destination"))};
}

std::string files_of(const json::array& files, std::size_t most) {
    std::vector<file_row> rows;
    for (const auto& one : files)
        if (const auto* file = one.if_object(); file && rows.size() < most)
            rows.push_back(row_of(*file));
    std::size_t state = 0, progress = 0;
    for (const auto& row : rows) {
        state = std::max(state, columns(row.state));
        progress = std::max(progress, columns(row.progress));
    }
    std::string text = "files:\n";
    for (const auto& row : rows)
        text += "  " + padded(row.state, state) + "  " + padded(row.progress, progress) + "  " +
                row.way + "\n";
    if (files.size() > rows.size())
        text += "  … and " + std::to_string(files.size() - rows.size()) + " more (-v shows all)\n";
    return text;
}

/// The engine writes the time as documents have it.
std::string with_moment(std::string text, std::string_view time, wall_time now) {
    const auto at = time.empty() ? text.npos : text.find(time);
    if (at != text.npos) text.replace(at, time.size(), moment(time, now));
    return text;
}

}  // namespace

std::string job_text(const json::object& job, const json::object& settings, job_text_style style) {
    constexpr std::size_t first_files = 20;
    auto text = facts_of(job, settings, style.now);
    const auto* files = array_in(job, "files");
    if (files && !files->empty())
        text += files_of(*files, style.verbose ? files->size() : first_files);
    return text;
}

std::string explanation_text(const json::object& reply, job_text_style style) {
    const auto job = object_in(reply, "job") ? *object_in(reply, "job") : json::object();
    auto text = with_moment(printable(text_in(reply, "text")), text_in(reply, "until"), style.now);
    const bool startable = text_in(reply, "reason") != "not_supported";
    const auto step = startable ? next_step(job) : std::string();
    text += (step.empty() ? "" : " (" + step + ")") + "\n";
    if (!style.verbose) return text;
    fact_list facts;
    facts.add("id", printable(text_in(job, "id")));
    facts.add("state", printable(text_in(job, "state")));
    facts.add("progress", whole_progress_of(job));
    facts.add("reason", printable(text_in(reply, "reason")));
    facts.add("until", moment(text_in(reply, "until"), style.now));
    facts.add("waits for", printable(text_in(reply, "waits_for")));
    facts.add("host", printable(text_in(reply, "host")));
    return text + facts.take();
}

}  // namespace ferry::cli
