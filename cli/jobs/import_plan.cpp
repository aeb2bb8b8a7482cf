#include "cli/jobs/created.hpp"
#include "cli/jobs/import.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/text/text_file.hpp"

#include <ferry/detail/job_places.hpp>

#include <algorithm>
#include <iterator>

namespace ferry::cli {
namespace {

source_list files_of(const csv_transfer& row, const std::string& name) {
    return {{row.source}, {row.destination}, name + ":" + std::to_string(row.line)};
}

/// A message about the row; that of the pairing says nothing of it yet.
result<std::vector<job_file>> plan_row(
    job_sources& places, const csv_transfer& row, const std::string& name) {
    const auto what = files_of(row, name);
    auto files = places.plan(what);
    if (!files && !files.error().detail.starts_with(what.where))
        files.error().detail.insert(0, what.where + ": ");
    return files;
}

}  // namespace

std::string list_name(const std::string& file) {
    return file == "-" ? "standard input" : printable(file);
}

result<std::vector<csv_transfer>> read_list(const std::string& file) {
    const auto text = read_all(file);
    if (!text) return failure{errc::bad_argument, describe(text.error())};
    return read_transfers(*text, file == "-" ? list_name(file) : file);
}

result<std::vector<job_file>> plan_rows(
    job_sources& places, const std::vector<csv_transfer>& rows, const std::string& name) {
    std::vector<job_file> all;
    for (const auto& row : rows) {
        auto files = plan_row(places, row, name);
        if (!files) return files;
        all.insert(
            all.end(), std::make_move_iterator(files->begin()),
            std::make_move_iterator(files->end()));
    }
    return all;
}

bool asks_server(const std::vector<csv_transfer>& rows, const find_options& how) {
    return std::any_of(rows.begin(), rows.end(), [&how](const csv_transfer& row) {
        return asks_server(std::string_view(row.source), how);
    });
}

result<import_plan> plan_import(
    const std::vector<csv_transfer>& rows, const std::string& name, const import_options& options) {
    const auto& how = options.how;
    const job_kind kind{how.type, how.suspended};
    job_sources places(
        how.type, how.job.create_directories, how.find, lister_with({how.job.access}));
    import_plan plan;
    std::size_t count = 0;
    bool relayed = false;
    const auto add = [&](std::vector<job_file> files, std::size_t line) {
        count += files.size();
        relayed = relayed || std::any_of(files.begin(), files.end(), detail::is_relayed);
        plan.jobs.push_back(make_request(kind, how.job, std::move(files)));
        plan.lines.push_back(line);
    };
    if (options.one_job) {
        auto files = plan_rows(places, rows, name);
        if (!files) return files.error();
        if (how.type != job_type::download && files->size() > 1)
            return failure{errc::bad_argument, "--one-job: an upload has one file (leave it out)"};
        add(*std::move(files), rows.front().line);
    } else {
        for (const auto& row : rows) {
            auto files = plan_row(places, row, name);
            if (!files) return files.error();
            add(*std::move(files), row.line);
        }
    }
    plan.left_out = places.left_out();
    plan.folders = places.folders();
    if (const auto checked = check_checksum(how.job, count); !checked) return checked.error();
    if (const auto good = check_credentials(how.job.asked, relayed); !good) return good.error();
    return plan;
}

}  // namespace ferry::cli
