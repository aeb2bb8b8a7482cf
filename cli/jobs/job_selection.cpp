#include "cli/jobs/job_selection.hpp"

#include "cli/control/document.hpp"
#include "cli/control/job_id.hpp"
#include "cli/jobs/wildcard.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// Marks what was asked for among all jobs.
class selector {
  public:
    explicit selector(const json::array& all) : chosen_(all.size()) {
        for (const auto& one : all) {
            const auto* job = one.if_object();
            names_.push_back(job ? text_in(*job, "display_name") : std::string_view());
            ids_.push_back(job ? text_in(*job, "id") : std::string_view());
        }
    }

    void add_name(const std::string& name) {
        const bool exact = std::find(names_.begin(), names_.end(), name) != names_.end();
        const auto wanted = detail::to_lower(name);
        bool found = false;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const bool fits = exact && !is_pattern(name)
                                  ? names_[i] == name
                                  : matches(wanted, detail::to_lower(names_[i]));
            if (fits) chosen_[i] = found = true;
        }
        if (!found && !is_pattern(name))
            missing_.push_back(
                "'" + printable(name) +
                "': no job has this name (--id takes ids; see 'ferry list')");
    }

    /// The beginning must be that of one job only.
    void add_id(const std::string& text) {
        const auto id = plain_id(text);
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < ids_.size(); ++i)
            if (ids_[i].starts_with(id)) found.push_back(i);
        if (found.size() == 1) {
            chosen_[found.front()] = true;
        } else {
            const auto several = std::to_string(found.size()) + " jobs have an id that begins so";
            missing_.push_back(
                "--id " + printable(text) + ": " +
                (found.empty() ? "no such job (see 'ferry list')"
                               : several + " (write more of it)"));
        }
    }

    bool is_chosen(std::size_t i) const { return chosen_[i]; }
    std::vector<std::string> take_missing() { return std::move(missing_); }

  private:
    std::vector<bool> chosen_;
    std::vector<std::string_view> names_ = {};
    std::vector<std::string_view> ids_ = {};
    std::vector<std::string> missing_ = {};
};

}  // namespace

job_selection select_jobs(json::array all, const list_options& wanted) {
    if (wanted.names.empty() && wanted.ids.empty()) return {std::move(all), {}};
    selector among(all);
    for (const auto& name : wanted.names) among.add_name(name);
    for (const auto& id : wanted.ids) among.add_id(id);
    job_selection selected;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (among.is_chosen(i)) selected.jobs.push_back(std::move(all[i]));
    selected.missing = among.take_missing();
    return selected;
}

}  // namespace ferry::cli
