#pragma once

#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>

#include <string>

namespace ferry::cli {

/// The file name that a server suggests (Content-Disposition, RFC 6266), made safe; else the one in
/// the URL that redirects lead to. Asks for one byte, as patiently as a transfer would.
/// Errors: those of protocol::open(); errc::bad_argument if there is no usable name.
/// Cancellation: terminal. Threads: those of the environment.
[[nodiscard]] awaitable<result<std::string>> name_by_server(
    environment& with, url what, transfer_options options);

}  // namespace ferry::cli
