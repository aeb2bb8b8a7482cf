#include "cli/put/put_plan.hpp"

#include "cli/sources/location.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/source_finder.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/job_places.hpp>
#include <ferry/detail/relay_access.hpp>

#include <filesystem>
#include <optional>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

/// A URL, or \\HOST\SHARE\PATH.
result<url> parse_place(const std::string& text) {
    return detail::looks_like_unc(text) ? parse_location(text) : parse_url(text);
}

result<url> parse_destination(const std::string& text) {
    auto to = parse_place(text);
    if (!to) return wrong(shown(text) + ": not a URL (the last word is where the files go)");
    if (to->scheme == "file")
        return wrong(shown(text) + ": no server (a local copy is made by 'ferry get')");
    if (const auto good = check_user_info(*to); !good)
        return wrong(shown(text) + ": " + good.error().detail);
    return to;
}

result<void> check_source(const std::string& name) {
    std::error_code unknown;
    const auto type = fs::status(name, unknown).type();
    if (type == fs::file_type::regular) return {};
    const auto label = printable(name);
    if (type == fs::file_type::directory)
        return wrong(label + ": a directory (--recursive sends it with all that it holds)");
    if (type == fs::file_type::not_found) return wrong(label + ": no such file");
    return wrong(label + ": not a regular file");
}

/// Collects what goes where.
class upload_planner {
  public:
    upload_planner(const put_options& options, url to, folder_lister list)
        : options_(options), to_(std::move(to)), finder_(options.find, std::move(list)) {}

    result<void> add(const std::string& name) {
        const bool elsewhere = detail::is_elsewhere(name);
        if (elsewhere_ && *elsewhere_ != elsewhere)
            return wrong(shown(name) + ": local files and URLs mixed (write two commands)");
        elsewhere_ = elsewhere;
        if (is_many(name, elsewhere)) return add_found(name);
        if (elsewhere) return add_relayed(name);
        if (const auto good = check_source(name); !good) return good;
        return put(name, {to_, fs::path(name)});
    }

    result<transfer_plan> take() {
        const auto count = plan_.items.size();
        if (count > 1 && options_.transfer.options.expected)
            return wrong("--checksum: " + std::to_string(count) + " files (only with one)");
        if (*elsewhere_ && options_.transfer.options.expected)
            return wrong(detail::no_checksum_between);
        plan_.left_out = finder_.left_out();
        return std::move(plan_);
    }

  private:
    /// A local name that is there is no pattern: a shell may have made it of one.
    bool is_many(const std::string& name, bool elsewhere) const {
        if (!may_be_many(name, options_.find)) return false;
        std::error_code unknown;
        return options_.find.recursive || elsewhere || !fs::exists(name, unknown);
    }

    result<void> add_found(const std::string& name) {
        std::error_code gone;
        const auto here = fs::current_path(gone);
        if (gone) return wrong("the current folder is gone (change to another)");
        auto found = finder_.find(name, here);
        if (!found && found.error().code == errc::bad_argument)
            return wrong(shown(name) + ": " + found.error().detail);
        if (!found) return found.error();
        if (found->many && !is_folder()) return wrong(one_name_for("what may be many files"));
        add_to(plan_.missing, std::move(found->unreadable));
        for (const auto& one : found->folders) {
            auto there = below(to_, one.name);
            if (!taken_.take_folder(there)) return second(name, there);
            plan_.folders.there.push_back({std::move(there), one.empty});
        }
        for (const auto& one : found->files) {
            const auto in = one.name.parent_path();
            auto item = item_of(one, found->many && !in.empty() ? below(to_, in / "") : to_);
            if (!item) return item.error();
            if (const auto good = put(name, *std::move(item)); !good) return good;
        }
        return {};
    }

    static result<transfer_item> item_of(const found_file& file, url to) {
        if (file.where.scheme != "file")
            return transfer_item{std::move(to), file.name.filename(), false, file.where};
        auto path = to_path(file.where);
        if (!path) return path.error();
        return transfer_item{std::move(to), *std::move(path)};
    }

    /// A file that another server has.
    result<void> add_relayed(const std::string& source) {
        if (options_.find.recursive)
            return wrong(
                shown(source) + ": --recursive is not for URLs (only local folders and shares)");
        auto from = read_location(source);
        if (!from) return wrong(shown(source) + ": " + from.error().detail);
        const fs::path name(file_name_of(*from));
        if (name.empty() && is_folder())
            return wrong(shown(source) + ": no file name in the URL (name the destination)");
        return put(source, {to_, name, false, *std::move(from)});
    }

    result<void> put(const std::string& label, transfer_item item) {
        const auto file = item.local.filename();
        const auto place = item.remote.path.ends_with('/') ? below(item.remote, file) : item.remote;
        if (!plan_.items.empty() && !is_folder()) return wrong(one_name_for("several files"));
        if (!taken_.take(place)) return second(label, place);
        plan_.items.push_back(std::move(item));
        return {};
    }

    static failure second(const std::string& label, const url& place) {
        return wrong(shown(label) + ": " + second_for(place).detail);
    }
    bool is_folder() const { return to_.path.ends_with('/'); }
    std::string one_name_for(const std::string& what) const {
        return shown(options_.destination) + ": one name for " + what + " (end a folder in '/')";
    }

    const put_options& options_;
    const url to_;
    source_finder finder_;
    std::optional<bool> elsewhere_ = {};  // are the sources, all of them
    server_places taken_;
    transfer_plan plan_;
};

}  // namespace

result<transfer_plan> plan_uploads(const put_options& options, folder_lister list) {
    auto to = parse_destination(options.destination);
    if (!to) return to.error();
    upload_planner plan(options, *std::move(to), std::move(list));
    for (const auto& name : options.files)
        if (const auto added = plan.add(name); !added) return added.error();
    return plan.take();
}

}  // namespace ferry::cli
