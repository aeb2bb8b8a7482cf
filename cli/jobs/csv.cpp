#include "cli/jobs/csv.hpp"

#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>

namespace ferry::cli {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view wanted = " (the first line must be: Source,Destination)";

failure wrong_line(std::string_view name, std::size_t line, const std::string& why) {
    return {errc::bad_argument, printable(name) + ":" + std::to_string(line) + ": " + why};
}

class csv_reader {
  public:
    csv_reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    result<std::vector<csv_row>> rows() {
        take("\xef\xbb\xbf");
        if (text_.starts_with("#TYPE")) text_.remove_prefix(std::min(text_.find('\n'), size()));
        std::vector<csv_row> rows;
        while (!text_.empty()) {
            drop_blanks();
            if (take_line_end()) continue;
            auto next = row();
            if (!next) return next.error();
            const auto width = rows.empty() ? next->fields.size() : rows.front().fields.size();
            if (const auto fits = trim(*next, width); !fits) return fits.error();
            rows.push_back(*std::move(next));
        }
        return rows;
    }

  private:
    result<csv_row> row() {
        csv_row row{line_, {}};
        do {
            drop_blanks();
            auto field = text_.starts_with('"') ? quoted() : plain();
            if (!field) return field.error();
            row.fields.push_back(*std::move(field));
            drop_blanks();
        } while (take(","));
        if (!take_line_end())
            return wrong("text after a closing quote (a quote inside a field is written twice)");
        return row;
    }

    result<std::string> quoted() {
        auto content = take_quoted(text_);
        if (!content) return wrong("a quote that is never closed");
        if (const auto checked = check(*content); !checked) return checked.error();
        return *std::move(content);
    }

    /// Stops before the comma or the line end.
    result<std::string> plain() {
        const auto end = std::min(text_.find_first_of(",\n"), size());
        auto content = text_.substr(0, end);
        if (end < size() && text_[end] == '\n' && content.ends_with('\r')) content.remove_suffix(1);
        text_.remove_prefix(content.size());
        if (content.find('"') != content.npos)
            return wrong("a quote inside a field (enclose the field in quotes, write it twice)");
        if (const auto checked = check(content); !checked) return checked.error();
        return std::string(content.substr(0, content.find_last_not_of(blanks) + 1));
    }

    /// Counts the lines that a field goes on for.
    result<void> check(std::string_view content) {
        for (std::size_t i = 0; i < content.size(); ++i) {
            if (!detail::is_control(content[i]) || content[i] == '\t') continue;
            if (content[i] == '\n')
                ++line_;
            else if (content.substr(i, 2) != "\r\n")
                return wrong("control character (text in UTF-8 is wanted)");
        }
        return {};
    }

    /// What no column takes must not get lost, unless it is nothing.
    result<void> trim(csv_row& row, std::size_t width) const {
        const auto count = row.fields.size();
        if (count <= width) return {};
        for (std::size_t i = width; i < count; ++i)
            if (!row.fields[i].empty())
                return wrong_line(
                    name_, row.line,
                    std::to_string(count) + " fields where the header has " +
                        std::to_string(width) + " (quotes keep a comma inside a field)");
        row.fields.resize(width);
        return {};
    }

    bool take(std::string_view token) {
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    /// The end of the text ends a line, too.
    bool take_line_end() {
        if (!text_.empty() && !take("\n") && !take("\r\n")) return false;
        ++line_;
        return true;
    }
    void drop_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(blanks), size())); }
    std::size_t size() const noexcept { return text_.size(); }
    failure wrong(const std::string& why) const { return wrong_line(name_, line_, why); }

    std::string_view text_;  // what is still to be read
    std::string_view name_;
    std::size_t line_ = 1;
};

/// Names apart from the empty ones, which a comma too many makes.
std::string first_duplicate(std::vector<std::string> header) {
    std::erase(header, "");
    std::sort(header.begin(), header.end());
    const auto twin = std::adjacent_find(header.begin(), header.end());
    return twin == header.end() ? "" : *twin;
}

struct transfer_columns {
    std::size_t source;
    std::size_t destination;  ///< past the last if there is none
};

result<transfer_columns> find_columns(csv_row header, std::string_view name) {
    auto& names = header.fields;
    for (auto& one : names) one = detail::to_lower(one);
    const auto index_of = [&](std::string_view one) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), one) - names.begin());
    };
    const transfer_columns found{index_of("source"), index_of("destination")};
    if (found.source == names.size())
        return wrong_line(name, header.line, "no column 'Source'" + std::string(wanted));
    if (const auto twin = first_duplicate(std::move(names)); !twin.empty())
        return wrong_line(name, header.line, "two columns are called '" + printable(twin) + "'");
    return found;
}

std::string take_field(csv_row& row, std::size_t column) {
    return column < row.fields.size() ? std::move(row.fields[column]) : std::string();
}

}  // namespace

result<std::vector<csv_row>> parse_csv(std::string_view text, std::string_view name) {
    return csv_reader(text, name).rows();
}

result<std::vector<csv_transfer>> read_transfers(std::string_view text, std::string_view name) {
    auto rows = parse_csv(text, name);
    if (!rows) return rows.error();
    if (rows->empty())
        return failure{errc::bad_argument, printable(name) + ": empty" + std::string(wanted)};
    const auto header = find_columns(rows->front(), name);
    if (!header) return header.error();
    std::vector<csv_transfer> transfers;
    for (auto row = rows->begin() + 1; row != rows->end(); ++row) {
        auto source = take_field(*row, header->source);
        if (source.empty())
            return wrong_line(name, row->line, "no source (the column 'Source' is empty)");
        transfers.push_back({std::move(source), take_field(*row, header->destination), row->line});
    }
    if (transfers.empty())
        return wrong_line(
            name, rows->front().line,
            "nothing below the header (a transfer a line: SOURCE,DESTINATION)");
    return transfers;
}

std::optional<std::string> take_quoted(std::string_view& text) {
    const auto quote = text.front();
    std::string content;
    for (std::size_t from = 1;;) {
        const auto end = text.find(quote, from);
        if (end == text.npos) return std::nullopt;
        content += text.substr(from, end - from);
        from = end + 2;
        if (!text.substr(end + 1).starts_with(quote)) {
            text.remove_prefix(end + 1);
            return content;
        }
        content += quote;
    }
}

}  // namespace ferry::cli
