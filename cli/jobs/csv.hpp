#pragma once

#include <ferry/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// One row of comma-separated values.
struct csv_row {
    std::size_t line = 0;  ///< on which it begins, from 1
    std::vector<std::string> fields = {};

    bool operator==(const csv_row&) const = default;
};

/// Parses comma-separated values (RFC 4180); the first row is the header. Beyond the RFC: LF ends a
/// line as CRLF does, blanks around a field and blank lines mean nothing, as do a UTF-8 BOM and
/// the line "#TYPE …" with which Export-Csv begins. A row may be shorter than the header: what it
/// lacks is empty, as for Import-Csv. It is never longer: empty fields too many are dropped, others
/// are an error.
/// Errors: errc::bad_argument; the detail names file and line, "list.csv:3: why (hint)".
result<std::vector<csv_row>> parse_csv(std::string_view text, std::string_view name);

/// One row of a list of transfers.
struct csv_transfer {
    std::string source = {};
    std::string destination = {};  ///< empty: the current folder
    std::size_t line = 0;

    bool operator==(const csv_transfer&) const = default;
};

/// Parses a list of transfers: a header with `Source` and, perhaps, `Destination`, in any case and
/// order, among other columns that mean nothing. One bad row spoils the list, and so does a list
/// without rows. Errors as for parse_csv().
result<std::vector<csv_transfer>> read_transfers(std::string_view text, std::string_view name);

/// Takes the quoted text with which `text` begins, whichever quote that is; inside, two of them
/// stand for one. Nothing if it is never closed; `text` is untouched then.
std::optional<std::string> take_quoted(std::string_view& text);

}  // namespace ferry::cli
