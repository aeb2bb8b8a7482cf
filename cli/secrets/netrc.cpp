#include "cli/secrets/netrc.hpp"

#include "cli/secrets/password.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>

namespace ferry::cli {
namespace {

constexpr std::size_t largest = 1U << 20;
constexpr std::string_view blanks = " \t\r\n";

/// The words of a netrc file.
class netrc_words {
  public:
    explicit netrc_words(std::string_view text) : rest_(text) {}

    /// None at the end, or if quotes do not end.
    std::optional<std::string> next() {
        skip_blanks();
        if (rest_.empty()) return std::nullopt;
        if (rest_.front() == '"') return quoted();
        const auto size = std::min(rest_.find_first_of(blanks), rest_.size());
        std::string word(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return word;
    }
    /// A comment stands where a key could; a password may begin with its mark.
    void skip_comments() {
        for (skip_blanks(); rest_.starts_with('#'); skip_blanks())
            rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    }
    /// A macro ends with an empty line.
    void skip_macro() {
        const auto end = std::min(rest_.find("\n\n"), rest_.find("\n\r\n"));
        skip(std::min(end, rest_.size()));
    }
    bool broken() const noexcept { return broken_; }
    std::size_t line() const noexcept { return line_; }

  private:
    void skip(std::size_t size) {
        const auto passed = rest_.substr(0, size);
        line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
        rest_.remove_prefix(size);
    }
    void skip_blanks() { skip(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

    std::optional<std::string> quoted() {
        std::string word;
        for (std::size_t i = 1; i < rest_.size() && rest_[i] != '\n'; ++i) {
            if (rest_[i] == '"') {
                rest_.remove_prefix(i + 1);
                return word;
            }
            if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
            word += rest_[i];
        }
        broken_ = true;
        return std::nullopt;
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    bool broken_ = false;
};

}  // namespace

result<std::vector<host_login>> parse_netrc(std::string_view text) {
    std::vector<host_login> all;
    netrc_words words(text);
    const auto wrong = [&](const char* why) {
        return failure{errc::bad_argument, "line " + std::to_string(words.line()) + ": " + why};
    };
    for (;;) {
        words.skip_comments();
        const auto key = words.next();
        if (!key) break;
        if (*key == "default") {
            all.emplace_back();
            continue;
        }
        const auto value = words.next();
        if (!value) return wrong("a word without its value");
        if (*key == "machine") {
            if (value->empty()) return wrong("a machine without a name");
            all.emplace_back().host = *value;
        } else if (*key == "macdef") {
            words.skip_macro();
        } else if (all.empty()) {
            return wrong("what comes before 'machine' or 'default' belongs to nobody");
        } else if (*key == "login") {
            all.back().user = *value;
        } else if (*key == "password") {
            all.back().password = secret(*value);
        } else if (*key != "account") {
            return wrong("not machine, default, login, password, account or macdef");
        }
    }
    if (words.broken()) return wrong("quotes that do not end");
    return all;
}

result<std::vector<host_login>> read_netrc(const std::string& file, bool must_exist) {
    if (!must_exist && ::access(file.c_str(), F_OK) != 0) return std::vector<host_login>();
    const auto text = read_secret_text(file, largest);
    if (!text) return text.error();
    auto all = parse_netrc(text->reveal());
    if (!all) return failure{errc::bad_argument, file + ": " + all.error().detail};
    return all;
}

}  // namespace ferry::cli
