#include "cli/get/relay_plan.hpp"

#include "cli/get/plan.hpp"
#include "cli/sources/location.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/source_finder.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/job_places.hpp>

#include <filesystem>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

/// Without --recursive, a folder is no source.
bool is_share_folder(const std::string& operand) {
    const auto place = parse_location(operand);
    return place && place->scheme == "smb" && place->path.ends_with('/');
}

/// Collects what goes where.
class relay_planner {
  public:
    relay_planner(const get_options& options, url to, folder_lister list)
        : options_(options), to_(std::move(to)), finder_(options.find, std::move(list)) {}

    result<void> add(const list_entry& entry) {
        if (!detail::is_elsewhere(entry.source))
            return wrong(shown(entry.source) + ": a local file goes to a share by 'ferry put'");
        if (may_be_many(entry.source, options_.find)) return add_found(entry);
        if (options_.find.recursive)
            return wrong(
                shown(entry.source) + ": --recursive is not for URLs (only for folders of shares)");
        auto from = read_location(entry.source);
        if (!from) return wrong(shown(entry.source) + ": " + from.error().detail);
        const auto name = entry.destination.value_or(file_name_of(*from));
        return put(entry, *std::move(from), name);
    }

    transfer_plan take() {
        plan_.left_out = finder_.left_out();
        return std::move(plan_);
    }

  private:
    result<void> add_found(const list_entry& entry) {
        auto found = finder_.find(entry.source, fs::current_path());
        if (!found) return found.error();
        if (found->many && !to_.path.ends_with('/'))
            return wrong("--output: " + shown(entry.source) + " may be many files (use -d DIR)");
        add_to(plan_.missing, std::move(found->unreadable));
        const fs::path folder(entry.destination.value_or(""));
        for (const auto& one : found->folders) {
            auto there = below(to_, folder / one.name);
            if (!taken_.take_folder(there)) return second(entry.source, there);
            plan_.folders.there.push_back({std::move(there), one.empty});
        }
        for (auto& one : found->files)
            if (auto good = put(entry, std::move(one.where), folder / one.name); !good) return good;
        return {};
    }

    result<void> put(const list_entry& entry, url from, const fs::path& name) {
        const bool named = !to_.path.ends_with('/');
        if (named && !plan_.items.empty())
            return wrong("--output: several URLs for one file (use -d DIR for several)");
        if (!named && name.empty())
            return wrong(shown(entry.source) + ": no file name in the URL (name it: -o FILE)");
        auto there = named ? to_ : below(to_, name);
        if (!taken_.take(there)) return second(entry.source, there);
        const fs::path local(percent_decode(there.path.substr(there.path.rfind('/') + 1)));
        plan_.items.push_back({std::move(there), local, false, std::move(from)});
        return {};
    }

    static failure second(const std::string& source, const url& place) {
        return wrong(shown(source) + ": " + second_for(place).detail);
    }

    const get_options& options_;
    const url to_;
    source_finder finder_;
    server_places taken_;
    transfer_plan plan_;
};

}  // namespace

result<std::optional<url>> take_share(get_options& options) {
    auto& sources = options.sources;
    const bool told = !options.file.empty() || !options.directory.empty();
    const auto& place = options.file.empty() ? options.directory : options.file;
    if (told && !detail::is_elsewhere(place)) return std::optional<url>();
    const bool last = !told && sources.size() > 1 && is_share_folder(sources.back());
    if (last && options.find.recursive)
        return wrong(
            shown(sources.back()) +
            ": a source or the destination? (write -d DIR, whichever it is)");
    if (!told && !last) return std::optional<url>();
    auto share = read_share(told ? place : sources.back());
    if (!share) return share.error();
    if (last) sources.pop_back();
    if (options.named_by_server)
        return wrong("--content-disposition: not of what goes to a share (leave it out)");
    return std::optional(options.file.empty() ? as_folder(*std::move(share)) : *std::move(share));
}

result<transfer_plan> plan_relays(
    const get_options& options, const std::vector<list_entry>& entries, const url& to,
    folder_lister list) {
    const auto& asked = options.transfer.options;
    if (asked.expected) return wrong("--checksum: not of what goes to a share (leave it out)");
    relay_planner plan(options, to, std::move(list));
    for (const auto& entry : entries)
        if (const auto added = plan.add(entry); !added) return added.error();
    return plan.take();
}

}  // namespace ferry::cli
