#include "cli/text/text_file.hpp"

#include "cli/text/terminal_text.hpp"

#include <ferry/detail/file.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <span>

namespace ferry::cli {
namespace {

constexpr std::size_t largest = 1 << 20;

/// All that `from` still has, if it is no more than `most`.
result<std::string> read_rest(int from, const std::string& name, std::size_t most) {
    std::string text;
    std::array<char, 65536> buffer;
    for (;;) {
        const auto got = ::read(from, buffer.data(), buffer.size());
        if (got == 0) return text;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_failure(errno, name);
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > most) return file_failure(EFBIG, name);
    }
}

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
    return read_rest(opened.get(), "read " + file, largest);
}

result<std::string> read_all(const std::string& file) {
    constexpr auto all = std::string::npos;
    if (file == "-") return read_rest(STDIN_FILENO, "standard input", all);
    const auto name = printable(file);
    const detail::unique_fd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return file_failure(errno, name);
    return read_rest(opened.get(), name, all);
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
