#pragma once

#include <ferry/result.hpp>
#include <ferry/secret.hpp>

#include <string>

namespace ferry {

/// Who may be able to read a key besides us.
enum class key_guard {
    mode,    ///< nobody: the file is ours alone (mode 0600, our own)
    folder,  ///< whoever its folder lets in: systemd guards credentials so
};

/// The key for a secret_box that a file holds, absolute path. Blocking.
/// Errors: any errno; EACCES also for a file of another user, or that others can read;
///   errc::malformed for what holds no key.
result<secret> read_key(const std::string& file, key_guard by = key_guard::mode);

/// The same; a file that is not there is made, of random bytes. Its name appears with the whole
/// key, once that is on the disk; of several who make it at once, all get the same key. Blocking.
result<secret> read_or_make_key(const std::string& file);

}  // namespace ferry

#include <ferry/impl/key_file.ipp>
