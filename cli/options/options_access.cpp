#include "cli/options/options_access.hpp"

#include "cli/options/options.hpp"
#include "cli/secrets/password.hpp"
#include "cli/text/lines.hpp"
#include "cli/text/quantity.hpp"
#include "cli/wrong.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

namespace ferry::cli {
namespace {

bool is_token(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](unsigned char c) {
        return (c < 0x80 && std::isalnum(c)) || marks.find(static_cast<char>(c)) != marks.npos;
    });
}

bool is_field_value(std::string_view value) {
    return std::none_of(value.begin(), value.end(), [](unsigned char c) {
        return (c < 0x20 && c != '\t') || c == 0x7f;
    });
}

result<std::string> parse_user_agent(std::string_view text) {
    if (text.empty()) return wrong("empty (leave the option out)");
    if (!is_field_value(text)) return wrong("contains control characters");
    return std::string(text);
}

result<std::string> parse_ca_file(std::string_view text) {
    const std::string file(text);
    if (::access(file.c_str(), R_OK) != 0)
        return wrong(file_failure(errno, "").code.message() + " (a PEM file is wanted)");
    return file;
}

result<std::string> parse_ca_path(std::string_view text) {
    const std::string folder(text);
    struct stat about {};
    if (::stat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
        return wrong("not a directory (one made by 'openssl rehash' is wanted)");
    return folder;
}

result<void> take_header(const std::string& header, std::vector<std::string>& into) {
    auto checked = check_header(header);
    if (checked) into.push_back(header);
    return checked;
}

/// A line a header; empty ones do not count.
result<void> take_header_lines(std::string_view text, std::vector<std::string>& into) {
    for (unsigned number = 1; !text.empty(); ++number) {
        const auto line = trimmed(take_line(text));
        if (line.empty()) continue;
        const auto taken = take_header(std::string(line), into);
        if (!taken) return wrong("line " + std::to_string(number) + ": " + taken.error().detail);
    }
    return {};
}

/// Where other people do not see them, as they see a command line.
result<void> take_header_file(const std::string& file, std::vector<std::string>& into) {
    constexpr std::size_t most = 64U << 10;
    if (file == "-") return wrong("not from standard input (write @FILE or @fd:3)");
    const auto text = read_secret_text(file, most);
    if (!text) return text.error();
    const auto before = into.size();
    const auto taken = take_header_lines(text->reveal(), into);
    if (!taken) return wrong(file + ": " + taken.error().detail);
    if (into.size() == before) return wrong(file + ": no header in it (a line each)");
    return {};
}

void add_request_options(option_set& app, access_options& into) {
    option_group request(app, "Requests (http, https)");
    const auto take = [&into](const std::string& given) {
        if (given.starts_with('@')) return take_header_file(given.substr(1), into.headers);
        return take_header(given, into.headers);
    };
    request.repeated_secret(
        "-H,--custom-header", "'N: V'", take,
        "header for the URL's own origin; @FILE: those in a file; repeatable");
    request.value<std::string>(
        "--user-agent", "TEXT", into.user_agent, parse_user_agent,
        "name to call ourselves (default ferry/VERSION)");
    request.choice<redirect_policy>(
        "--redirect", "POLICY", into.redirects,
        {{"follow", redirect_policy::follow},
         {"report", redirect_policy::report},
         {"forbid", redirect_policy::forbid}},
        "follow, report (follow and print it) or forbid (default follow)");
    request.value<unsigned>(
        "--max-redirects", "N", into.max_redirects,
        [](std::string_view text) { return parse_count(text, 0, 1000); },
        "redirects in a row, 0 to 1000 (default 20)");
}

void add_trust_options(option_set& app, access_options& into) {
    option_group trust(app, "Trust (https)");
    trust.value<std::string>(
        "--ca-file", "FILE", into.ca_file, parse_ca_file,
        "trust the authorities in this PEM file, not the system's");
    trust.value<std::string>(
        "--ca-path", "DIR", into.ca_path, parse_ca_path,
        "trust those in this directory (made by openssl rehash)");
    trust.toggle(
        "--insecure", into.insecure,
        "do not verify the server's certificate: anyone can pose as it");
    trust.toggle("--smb-encrypt", into.encrypt, "refuse an SMB server that does not encrypt");
}

}  // namespace

void add_access_options(option_set& app, access_options& into) {
    add_request_options(app, into);
    add_trust_options(app, into);
}

result<void> check_header(const std::string& header) {
    const auto colon = header.find(':');
    if (colon == header.npos) return wrong("a header without a colon (write 'Name: value')");
    if (!is_token(std::string_view(header).substr(0, colon)))
        return wrong("not a header name before the colon (write 'Name: value')");
    if (!is_field_value(std::string_view(header).substr(colon + 1)))
        return wrong("control characters in a header's value (one header an option)");
    return {};
}

}  // namespace ferry::cli
