#pragma once

#include <ferry/result.hpp>
#include <ferry/secret.hpp>

#include <string>

namespace ferry::cli {

/// Writes `prompt` on the controlling terminal and reads a line there, which is not shown. The
/// terminal is as before afterwards, also after a signal. Waits as long as it takes.
/// Errors: errc::cancelled: Ctrl-C or another signal that ends us; errc::bad_argument: there is no
///   terminal, or nothing was typed.
result<secret> ask_terminal(const std::string& prompt);

}  // namespace ferry::cli
