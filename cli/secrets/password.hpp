#pragma once

#include <ferry/result.hpp>
#include <ferry/secret.hpp>

#include <map>
#include <string>

namespace ferry::cli {

/// The passwords in our environment, taken out of it: no child inherits them.
class password_variables {
  public:
    password_variables();
    /// Empty: not set.
    secret find(const std::string& name) const;

  private:
    std::map<std::string, secret> all_;
};

/// Whose password is wanted, and how the user may give it.
struct password_wanted {
    std::string user = {};
    std::string whose = {};     ///< "server" or "proxy"
    std::string file = {};      ///< see read_secret_file(); empty: none
    std::string variable = {};  ///< "FERRY_PASSWORD"
    std::string option = {};    ///< "--password-file"
};

/// From the file, else the environment, else a prompt on the terminal, without echo.
/// Errors: errc::bad_argument, the detail is the line for the user; errc::cancelled: Ctrl-C.
result<secret> read_password(const password_wanted& what, const password_variables& known);

/// The first line of a file; of standard input for "-", of a descriptor for "fd:3".
/// Errors: errc::bad_argument: it is not to be read, empty, too long, or a file that others can
///   read; nothing comes within a minute.
result<secret> read_secret_file(const std::string& name);

/// All of a file that holds secrets; the same rules. @param most  Bytes.
result<secret> read_secret_text(const std::string& name, std::size_t most);

}  // namespace ferry::cli
