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

/// The options that are understood and kept with a job, but not obeyed yet: a job that has one is
/// not to start. A value that asks for what ferry does anyway is taken for none. No secret is among
/// the values: they name users and files, not passwords.
class unsupported_options {
  public:
    unsupported_options() = default;
    unsupported_options(const unsupported_options&) = delete;
    unsupported_options& operator=(const unsupported_options&) = delete;

    /// In the help? What no job keeps, is understood only to be refused.
    enum class shown { yes, no };
    /// Must outlive the parsing.
    void add_to(option_set& app, shown how = shown::yes);

    // After the parsing:

    /// Those that were given at all, also with a value that means nothing.
    std::vector<std::string> given() const;
    option_values values() const;
    /// One that asks for something, also if nothing would come of it in a job; empty: none.
    std::string first() const;
    /// Do they make sense together?
    /// @param alone  There is no job yet whose options could complete these.
    result<void> check(bool alone) const;

  private:
    bool has(const std::string& name) const;

    std::map<std::string, std::vector<std::string>> given_;  // empty: a value that means nothing
    std::map<std::string, bool> flags_;                      // those that were given
};

}  // namespace ferry::cli
