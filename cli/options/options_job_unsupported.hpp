#pragma once

#include <ferry/result.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ferry::cli {

class option_set;

/// Options by their long names without the dashes, and what they say.
using option_values = std::vector<std::pair<std::string, std::string>>;

/// The options about identity, proxies, trust and content; and those that are understood and kept
/// with a job, but not obeyed yet: a job that has one of these is not to start. A value that asks
/// for what ferry does anyway is taken for none. No secret is among the values: they name users and
/// files, not passwords.
class unsupported_options {
  public:
    unsupported_options() = default;
    unsupported_options(const unsupported_options&) = delete;
    unsupported_options& operator=(const unsupported_options&) = delete;

    /// Whose help they are in: what is not obeyed yet, a job keeps, and get understands only to
    /// refuse it.
    enum class verb { job, get };
    /// Must outlive the parsing.
    void add_to(option_set& app, verb whose = verb::job);

    // After the parsing:

    // Of those that are obeyed:

    /// Those that were given at all, also with a value that means nothing.
    std::vector<std::string> named() const;
    /// All that ask for something, with each of their values: for obey().
    option_values asked() const;
    /// Do they make sense together?
    /// @param alone  There is no job yet whose options could complete these.
    result<void> check(bool alone = true) const;

    // Of the others:

    /// As named().
    std::vector<std::string> given() const;
    option_values values() const;
    /// The first one; empty: none.
    std::string first_refused() const;

  private:
    bool has(const std::string& name) const;

    std::map<std::string, std::vector<std::string>> given_;  // empty: a value that means nothing
    std::map<std::string, bool> flags_;                      // those that were given
};

}  // namespace ferry::cli
