#include "cli/get/input_list.hpp"

#include "cli/text/lines.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/text/text_file.hpp"

namespace ferry::cli {
namespace {

bool has_control(std::string_view text) {
    for (const char c : text)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
    return false;
}

/// `line` is neither blank nor a comment.
result<list_entry> parse_line(std::string_view line, std::string where) {
    const auto wrong = [&](const char* why) {
        return failure{errc::bad_argument, where + ": " + why};
    };
    const auto content = trimmed(line);
    if (has_control(content)) return wrong("control character (one URL a line, in UTF-8)");
    const auto tab = line.find('\t', line.find(content.front()));
    const auto source = trimmed(line.substr(0, tab));
    list_entry entry{std::string(source), std::nullopt, where};
    if (tab == line.npos) return entry;
    const auto destination = trimmed(line.substr(tab + 1));
    if (destination.empty()) return wrong("no destination after the tab (leave the tab out)");
    if (destination.find('\t') != destination.npos)
        return wrong("more than one tab (a line is URL, tab, destination)");
    entry.destination = destination;
    return entry;
}

}  // namespace

result<std::vector<list_entry>> parse_input_list(std::string_view text, std::string_view name) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<list_entry> entries;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = take_line(text);
        const auto content = trimmed(line);
        if (content.empty() || content.front() == '#') continue;
        auto entry = parse_line(line, std::string(name) + ":" + std::to_string(number));
        if (!entry) return entry.error();
        entries.push_back(*std::move(entry));
    }
    return entries;
}

result<std::vector<list_entry>> read_input_list(const std::string& file) {
    const auto text = read_all(file);
    if (!text) return failure{errc::bad_argument, describe(text.error())};
    return parse_input_list(*text, file == "-" ? "standard input" : printable(file));
}

}  // namespace ferry::cli
