#include "cli/jobs/job_request.hpp"

#include "cli/jobs/job_sources.hpp"
#include "cli/options/option_words.hpp"
#include "cli/sources/server_place.hpp"

#include <ferry/detail/json_text.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace ferry::cli {
namespace {

namespace json = boost::json;

json::string text(std::string_view bytes) { return json::string(detail::escaped(bytes)); }

json::object file_of(const job_file& file) {
    json::object out;
    out["source"] = text(file.source);
    out["destination"] = text(file.destination);
    if (!file.expected.empty()) out["expected"] = text(file.expected);
    return out;
}

json::array pairs_of(const option_values& values) {
    json::array all;
    for (const auto& [name, value] : values) all.push_back(json::array{text(name), text(value)});
    return all;
}

json::object object_of(const secret_changes& secrets) {
    json::object all;
    for (const auto& [name, value] : secrets)
        all[name] = value ? json::value(text(value->reveal())) : json::value();
    return all;
}

/// Can only be read by changing it: not while another thread makes files.
unsigned own_umask() {
    const auto mask = ::umask(S_IRWXG | S_IRWXO);
    ::umask(mask);
    return mask;
}

/// What is not as by default.
json::object changed_members(const job_settings& settings) {
    const auto usual = members_of({});
    json::object changed;
    for (auto& [key, value] : members_of(settings))
        if (value != usual.at(key)) changed[key] = std::move(value);
    return changed;
}

}  // namespace

std::size_t count_files(const job_request& request) {
    const auto* first = request.create.if_contains("files");
    auto count = first ? first->as_array().size() : 0;
    for (const auto& part : request.more) count += part.size();
    return count;
}

job_request make_request(job_kind kind, const job_options& options, std::vector<job_file> files) {
    if (!options.checksum.empty() && files.size() == 1) files.front().expected = options.checksum;
    auto parts = in_parts(files);
    job_request request;
    auto& create = request.create;
    if (options.display_name) create["display_name"] = text(*options.display_name);
    if (options.description) create["description"] = text(*options.description);
    create["type"] = to_string(kind.type);
    create["priority"] = to_string(options.priority.value_or(job_priority::foreground));
    create["suspended"] = kind.suspended || parts.size() > 1;
    auto settings = options.settings;
    settings["umask"] = own_umask();  // its files are to be as if they were made here
    if (!options.unsupported.empty()) settings["unsupported"] = pairs_of(options.unsupported);
    create["settings"] = std::move(settings);
    if (!options.secrets.empty()) create["secrets"] = object_of(options.secrets);
    create["files"] = parts.empty() ? json::array() : std::move(parts.front());
    if (parts.size() > 1)
        request.more.assign(
            std::make_move_iterator(parts.begin() + 1), std::make_move_iterator(parts.end()));
    request.start = !kind.suspended;
    return request;
}

result<job_request> request_of(
    const direct_options& from, job_type type, std::vector<transfer_item> items,
    std::string upload_protocol) {
    std::vector<job_file> files;
    files.reserve(items.size());
    for (const auto& item : items) {
        auto remote = source_text(item.remote);
        if (!remote) return remote.error();
        auto& file = files.emplace_back();
        file.source = *std::move(remote);
        file.destination = item.from ? whole_text(*item.from) : absolute_path(item.local.native());
        if (item.from || type != job_type::download) std::swap(file.source, file.destination);
    }
    const auto& transfer = from.transfer;
    auto settings = settings_of(transfer, *transfer.options.access);
    settings.parallel = std::min(from.parallel, 64U);
    settings.auto_complete = true;
    settings.upload_protocol = std::move(upload_protocol);
    auto options = from.job;
    for (auto& [key, value] : changed_members(settings)) options.settings[key] = std::move(value);
    if (transfer.options.expected) options.checksum = to_string(*transfer.options.expected);
    return make_request({type}, options, std::move(files));
}

json::object change_of(const job_options& options) {
    json::object change;
    if (options.display_name) change["display_name"] = text(*options.display_name);
    if (options.description) change["description"] = text(*options.description);
    if (options.priority) change["priority"] = to_string(*options.priority);
    if (!options.settings.empty()) change["settings"] = options.settings;
    if (!options.secrets.empty()) change["secrets"] = object_of(options.secrets);
    return change;
}

std::vector<json::array> in_parts(const std::vector<job_file>& files) {
    // a line has 8 MiB, and a byte becomes eight at worst ("\u0000ff")
    constexpr std::size_t most_files = 1'000, most_bytes = 768 << 10, frame = 64;
    std::vector<json::array> parts;
    std::size_t bytes = 0;
    for (const auto& file : files) {
        const auto more = file.source.size() + file.destination.size() + frame;
        const bool full =
            parts.empty() || parts.back().size() == most_files || bytes + more > most_bytes;
        if (full) parts.emplace_back();
        bytes = (full ? 0 : bytes) + more;
        parts.back().push_back(file_of(file));
    }
    return parts;
}

}  // namespace ferry::cli
