#include "cli/control/text_file.hpp"

#include <ferry/detail/file.hpp>

#include <sys/stat.h>

#include <cstdio>
#include <span>

namespace ferry::cli {
namespace {

constexpr std::size_t largest = 1 << 20;

result<void> write_temporary(const std::string& file, std::string_view text, unsigned mode) {
    const detail::unique_fd made(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR));
    if (!made || ::fchmod(made.get(), mode) != 0 ||
        !detail::write_all(made.get(), std::as_bytes(std::span(text)), 0) ||
        ::fsync(made.get()) != 0)
        return detail::errno_failure("write", file);
    return {};
}

}  // namespace

result<std::string> read_text(const std::string& file) {
    const detail::unique_fd opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!opened) return detail::errno_failure("open", file);
    std::string text(largest + 1, '\0');
    const auto size = detail::read_fully(opened.get(), std::as_writable_bytes(std::span(text)), 0);
    if (size < 0) return detail::errno_failure("read", file);
    if (static_cast<std::size_t>(size) > largest) return file_failure(EFBIG, file);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

result<void> replace_text(const std::string& file, std::string_view text, unsigned mode) {
    const auto temporary = file + ".tmp";
    auto written = write_temporary(temporary, text, mode);
    if (written && ::rename(temporary.c_str(), file.c_str()) != 0)
        written = detail::errno_failure("replace", file);
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return detail::sync_folder(detail::folder_of(file));
}

}  // namespace ferry::cli
