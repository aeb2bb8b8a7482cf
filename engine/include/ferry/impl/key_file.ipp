#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/detail/uuid.hpp>
#include <ferry/secret_box.hpp>

#include <sys/random.h>

#include <array>
#include <cerrno>

namespace ferry {
namespace detail {

inline result<void> check_key_file(const std::string& file, int opened, key_guard by) {
    struct stat about {};
    if (::fstat(opened, &about) != 0) return errno_failure("look at", file);
    if (!S_ISREG(about.st_mode)) return file_failure(EINVAL, file + " is no regular file");
    if (by == key_guard::folder) return {};
    if (about.st_uid != ::geteuid()) return file_failure(EACCES, file + " is another user's");
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return file_failure(EACCES, file + " is open to others (it must have the mode 0600)");
    return {};
}

/// Writes a new key to the disk under a name of its own.
inline result<void> write_key(const std::string& file) {
    std::array<std::byte, secret_box::key_size> key;
    const unique_fd made(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    const bool written = made && ::getrandom(key.data(), key.size(), 0) == ssize_t{key.size()} &&
                         write_all(made.get(), key, 0) && ::fsync(made.get()) == 0;
    const auto outcome = written ? result<void>() : errno_failure("write", file);
    OPENSSL_cleanse(key.data(), key.size());
    return outcome;
}

}  // namespace detail

inline result<secret> read_key(const std::string& file, key_guard by) {
    const detail::unique_fd opened(
        ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!opened) return detail::errno_failure("open", file);
    if (auto good = detail::check_key_file(file, opened.get(), by); !good) return good.error();
    std::string bytes(secret_box::key_size + 1, '\0');
    const auto got = detail::read_fully(opened.get(), std::as_writable_bytes(std::span(bytes)), 0);
    if (got < 0) return detail::errno_failure("read", file);
    bytes.resize(static_cast<std::size_t>(got));
    const secret key(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    if (got != ssize_t{secret_box::key_size})
        return failure{
            errc::malformed, file + " holds no key (32 bytes; move it away for a new one)",
            error_context::local_file};
    return key;
}

inline result<secret> read_or_make_key(const std::string& file) {
    auto key = read_key(file);
    if (key || key.error().code != std::errc::no_such_file_or_directory) return key;
    const auto draft = file + "." + detail::random_uuid() + ".tmp";
    auto made = detail::write_key(draft);
    if (made && ::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST)
        made = detail::errno_failure("create", file);
    ::unlink(draft.c_str());
    if (made) made = detail::sync_folder(detail::folder_of(file));
    if (!made) return made.error();
    return read_key(file);
}

}  // namespace ferry
