#include "cli/options/options_direct.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_access.hpp"
#include "cli/text/quantity.hpp"
#include "cli/wrong.hpp"

#include <memory>
#include <string>

namespace ferry::cli {
namespace {}  // namespace

void direct_option_parser::add_to(option_set& app, direct_options& into) {
    option_group files(app, "Files");
    files.value<unsigned>(
        "-j,--parallel", "N", into.parallel,
        [](std::string_view text) { return parse_count(text, 1, 1000); },
        "files at a time, 1 to 1000 (default 8)");
    files.flag(
        "--asynchronous", into.asynchronous,
        "leave it to the daemon, as a job that completes itself");
    add_transfer_options(app, into.transfer);
    add_access_options(app, access_);
    option_group(app, "Requests (http, https)")
        .value<std::chrono::milliseconds>(
            "--connect-timeout", "S", access_.connect_timeout, parse_positive_seconds,
            "most seconds for name, TCP and TLS (default 30)");
    add_name_options(app, into.job, "Job (with --asynchronous)");
    add_output_options(app, into.output);
    unsupported_.add_to(app, unsupported_options::verb::get);
}

result<void> direct_option_parser::finish(std::string_view verb, direct_options& into) {
    if (const auto option = unsupported_.first_refused(); !option.empty())
        return wrong(option + ": not yet supported (leave it out)");
    if (auto good = unsupported_.check(); !good) return good;
    const auto& job = into.job;
    if (!into.asynchronous && (job.display_name || job.description || job.priority))
        return wrong(
            std::string(verb) +
            ": only a job has a name, description or priority (add --asynchronous)");
    into.job.asked = unsupported_.asked();
    into.job.named = unsupported_.named();
    auto& transfer = into.transfer;
    if (transfer.retry_interval)
        transfer.options.retry = fixed_interval(transfer.options.retry, *transfer.retry_interval);
    if (transfer.retry_timeout) transfer.options.retry.give_up = *transfer.retry_timeout;
    transfer.options.access = std::make_shared<const access_options>(std::move(access_));
    return {};
}

}  // namespace ferry::cli
