#pragma once

#include <ferry/result.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

/// The content of a small file. Never waits for one to write it. Errors: any errno; EFBIG above
/// 1 MiB.
result<std::string> read_text(const std::string& file);

/// The content of any file, or of standard input if it is "-", to the end. Errors: any errno.
result<std::string> read_all(const std::string& file);

/// Replaces a file, whole or not at all, also by a power cut.
/// @param mode  Its permissions, whatever the umask.
/// Errors: any errno; the old file is as it was unless only the folder's sync failed.
result<void> replace_text(const std::string& file, std::string_view text, unsigned mode);

}  // namespace ferry::cli
