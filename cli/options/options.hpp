#pragma once

#include <ferry/detail/ascii.hpp>
#include <ferry/result.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace ferry::cli {

/// The options of a verb. CLI11 keeps them, which only options.cpp knows: it is slow to compile.
class option_set {
  public:
    explicit option_set(std::string_view verb);
    ~option_set();

    bool given(const std::string& name) const;
    void describe(const std::string& name, const std::string& help);
    /// Takes "(default …)" out of the help: of something that exists already, it is not true.
    void drop_defaults();
    void remove(const std::string& name);
    CLI::App& app() const noexcept { return *app_; }

  private:
    std::unique_ptr<CLI::App> app_;
};

/// A wrong option, on its way through CLI11; parse_options() makes a failure of it.
class usage_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Adds the options of one section of the help. Names are written as in CLI11: "-j,--parallel".
class option_group {
  public:
    option_group(const option_set& app, std::string title) : app_(app), title_(std::move(title)) {}

    /// An option with a value that `parse` makes out of its text; the last one given counts.
    template <class T>
    void value(
        const std::string& names, const std::string& placeholder, T& into,
        std::function<result<T>(std::string_view)> parse, const std::string& help) {
        const auto each = [&into, parse, names](const std::string& text) {
            auto parsed = parse(text);
            if (!parsed) reject(names, text, parsed.error());
            into = *std::move(parsed);
        };
        add(names, placeholder, each, help);
    }
    void text(
        const std::string& names, const std::string& placeholder, std::string& into,
        const std::string& help);
    /// A text of which only one makes sense: a second one is an error, not a correction.
    void single_text(
        const std::string& names, const std::string& placeholder, std::string& into,
        const std::string& help);
    /// One of a few words, in any case.
    template <class T>
    void choice(
        const std::string& names, const std::string& placeholder, T& into,
        std::vector<std::pair<std::string_view, T>> words, const std::string& help) {
        const auto parse = [words](std::string_view text) -> result<T> {
            std::string known;
            for (const auto& [word, meaning] : words) {
                if (word == detail::to_lower(text)) return meaning;
                known += (known.empty() ? "" : ", ") + std::string(word);
            }
            return failure{errc::bad_argument, "not one of " + known};
        };
        value<T>(names, placeholder, into, parse, help);
    }
    /// May be given many times; `take` returns why a value is wrong, which may hold a secret and
    /// is not repeated in the message.
    void repeated_secret(
        const std::string& names, const std::string& placeholder,
        std::function<result<void>(const std::string&)> take, const std::string& help);
    void flag(const std::string& names, bool& into, const std::string& help);
    /// A flag that has an opposite: "--mtime" and "--no-mtime"; the last one given counts.
    void toggle(const std::string& name, std::function<void(bool)> take, const std::string& help);
    void toggle(const std::string& name, bool& into, const std::string& help);
    void help_flag();

  private:
    void add(
        const std::string& names, const std::string& placeholder,
        std::function<void(const std::string&)> each, const std::string& help);
    [[noreturn]] static void reject(
        const std::string& names, const std::string& text, const failure& why);

    const option_set& app_;
    std::string title_;
};

/// Fills what the options were bound to. A failure's detail is the line for the user, complete
/// but for the "ferry: ".
/// @return  The arguments that are no options, in their order; after "--" all of them.
result<std::vector<std::string>> parse_options(
    const option_set& set, std::vector<std::string> arguments);

/// The help of a verb: usage, the options by section, a line each, and the examples.
std::string help_text(const option_set& set, std::string_view usage, std::string_view examples);

}  // namespace ferry::cli
