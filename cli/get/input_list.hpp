#pragma once

#include <ferry/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// One line of a list of downloads.
struct list_entry {
    std::string source = {};
    std::optional<std::string> destination = {};
    std::string where = {};  ///< "list.txt:3", for messages

    bool operator==(const list_entry&) const = default;
};

/// Parses a list: one URL a line, optionally followed by a tab and a destination. Empty lines and
/// lines that begin with '#' mean nothing; CRLF, blanks at the ends and a UTF-8 BOM are tolerated.
/// Errors: errc::bad_argument; the detail names list and line.
result<std::vector<list_entry>> parse_input_list(std::string_view text, std::string_view name);

/// Reads and parses the list in a file, or on standard input if `file` is "-". Blocking.
result<std::vector<list_entry>> read_input_list(const std::string& file);

}  // namespace ferry::cli
