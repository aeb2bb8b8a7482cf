#pragma once

#include "cli/get/batch.hpp"

#include <string>

namespace ferry::cli {

// The lines that people read. All are safe for a terminal.

/// "URL: why (hint)", without the "ferry: ".
std::string error_line(const url& source, const failure& why);

/// The same of an upload: "image.iso: why (hint)".
std::string upload_error_line(const running_file& file, const failure& why);

/// Why, without the URL that the reader sees already.
std::string reason_of(const url& source, const failure& why);

/// "image.iso: 2.0 GiB in 1.1 s (1.8 GiB/s), resumed 512 MiB".
std::string done_line(const running_file& file, clock::duration elapsed);

/// "image.iso: retrying in 12 s: connection refused".
std::string retry_line(const running_file& file, clock::time_point now);

/// The local file as the user knows it.
std::string name_of(const running_file& file);

}  // namespace ferry::cli
