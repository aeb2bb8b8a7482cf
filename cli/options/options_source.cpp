#include "cli/options/options_source.hpp"

#include "cli/get/plan.hpp"
#include "cli/options/options.hpp"

namespace ferry::cli {
namespace {

failure wrong(std::string why) { return {errc::bad_argument, std::move(why)}; }

}  // namespace

void add_source_options(option_set& app, source_list& into) {
    option_group files(app, "Files");
    const auto append = [](std::vector<std::string>& to) {
        return [&to](const std::string& text) -> result<void> {
            if (text.empty()) return wrong("empty (leave the option out)");
            to.push_back(text);
            return {};
        };
    };
    files.repeated_secret(
        "--source", "SOURCE", append(into.sources), "what to transfer; repeatable");
    files.repeated_secret(
        "--destination", "DEST", append(into.destinations),
        "where to; one for each source, or one directory for all");
}

result<source_list> with_operands(source_list given, std::vector<std::string> operands) {
    if (operands.empty()) return given;
    const auto last = shown(operands.back());
    if (!given.sources.empty())
        return wrong(last + ": beside --source, every file needs an option (--destination)");
    if (operands.size() > 2)
        return wrong(last + ": one operand too many (several files: --source A --source B)");
    if (operands.size() == 2 && !given.destinations.empty())
        return wrong(last + ": a second destination, beside --destination (once is enough)");
    given.sources.push_back(std::move(operands.front()));
    if (operands.size() == 2) given.destinations.push_back(std::move(operands.back()));
    return given;
}

}  // namespace ferry::cli
