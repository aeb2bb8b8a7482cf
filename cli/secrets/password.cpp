#include "cli/secrets/password.hpp"

#include "cli/secrets/terminal_prompt.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

namespace ferry::cli {
namespace {

constexpr std::size_t longest_line = 64U << 10;
constexpr int patience_ms = 60'000;

failure failed(const std::string& name, int error) {
    return wrong(name + ": " + std::generic_category().message(error));
}

/// A descriptor, and whether it is ours to close.
struct input {
    int descriptor = -1;
    detail::unique_fd own = {};
};

result<input> open_input(const std::string& name) {
    input from;
    if (name == "-") {
        from.descriptor = STDIN_FILENO;
    } else if (name.starts_with("fd:")) {
        const auto* const last = name.data() + name.size();
        const auto [end, error] = std::from_chars(name.data() + 3, last, from.descriptor);
        if (error != std::errc() || end != last || ::fcntl(from.descriptor, F_GETFD) < 0)
            return wrong(name + ": no descriptor that is open");
    } else {
        // not to wait for a writer of a FIFO here: poll() does, and gives up
        from.own = detail::unique_fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        from.descriptor = from.own.get();
        if (from.descriptor < 0) return failed(name, errno);
    }
    return from;
}

/// A file in which others can read the secret is none to be trusted with it. (What a descriptor
/// leads to is the business of whoever opened it.)
result<void> check_mode(const std::string& name, const input& from) {
    struct stat about {};
    if (::fstat(from.descriptor, &about) != 0) return failed(name, errno);
    if (S_ISDIR(about.st_mode)) return failed(name, EISDIR);
    const bool open_to_others = (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    if (!from.own || !S_ISREG(about.st_mode) || !open_to_others) return {};
    return wrong(name + ": others can read it (write 'chmod 600 " + name + "' first)");
}

/// Bytes that are wiped when they are let go.
struct wiped_buffer {
    wiped_buffer() = default;
    wiped_buffer(const wiped_buffer&) = delete;
    wiped_buffer& operator=(const wiped_buffer&) = delete;
    ~wiped_buffer() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
    std::string bytes = {};
};

/// Reads until `enough` of what has come, the end, or more than `most`.
result<void> read_until(
    const std::string& name, int descriptor, std::size_t most, bool one_line, std::string& into) {
    into.reserve(most + 1);  // never moved: no copies stay behind
    for (;;) {
        pollfd ready{descriptor, POLLIN, 0};
        const auto come = ::poll(&ready, 1, patience_ms);
        if (come == 0) return wrong(name + ": nothing came for a minute");
        if (come < 0 && errno != EINTR) return failed(name, errno);
        char next = 0;  // byte by byte: what follows the line is for somebody else
        const auto got = ::read(descriptor, &next, 1);
        if (got == 0) return {};
        if (got < 0 && errno != EINTR && errno != EAGAIN) return failed(name, errno);
        if (got < 0) continue;
        if (one_line && next == '\n') return {};
        if (next == '\0') return wrong(name + ": a NUL character (it is no text)");
        if (into.size() == most) return wrong(name + ": too long");
        into.push_back(next);
    }
}

result<secret> read_from(const std::string& name, std::size_t most, bool one_line) {
    auto from = open_input(name);
    if (!from) return from.error();
    if (auto good = check_mode(name, *from); !good) return good.error();
    wiped_buffer text;
    auto done = read_until(name, from->descriptor, most, one_line, text.bytes);
    if (!done) return done.error();
    if (one_line && text.bytes.ends_with('\r')) text.bytes.pop_back();
    return secret(text.bytes);
}

constexpr std::array<const char*, 4> variables = {
    "FERRY_PASSWORD", "FERRY_PROXY_PASSWORD", "FERRY_SOURCE_PASSWORD",
    "FERRY_DESTINATION_PASSWORD"};

}  // namespace

password_variables::password_variables() {
    for (const auto* name : variables) {
        auto* const value = std::getenv(name);
        if (!value) continue;
        const std::string_view text(value);
        all_[name] = secret(std::string(text));
        OPENSSL_cleanse(value, text.size());  // /proc/PID/environ shows this memory
        ::unsetenv(name);
    }
}

secret password_variables::find(const std::string& name) const {
    const auto found = all_.find(name);
    return found == all_.end() ? secret() : found->second;
}

result<secret> read_password(const password_wanted& what, const password_variables& known) {
    if (!what.file.empty()) {
        auto read = read_secret_file(what.file);
        if (!read) return wrong(what.option + ": " + read.error().detail);
        return read;
    }
    if (auto found = known.find(what.variable); !found.empty()) return found;
    const auto user = printable(what.user);
    auto asked = ask_terminal("Password of " + user + " for the " + what.whose + ": ");
    if (asked || asked.error().code == errc::cancelled) return asked;
    return wrong(
        "no password of " + user + " for the " + what.whose + " (give " + what.option +
        " FILE, or set " + what.variable + "): " + asked.error().detail);
}

result<secret> read_secret_file(const std::string& name) {
    auto line = read_from(name, longest_line, true);
    if (line && line->empty()) return wrong(name + ": its first line is empty");
    return line;
}

result<secret> read_secret_text(const std::string& name, std::size_t most) {
    return read_from(name, most, false);
}

}  // namespace ferry::cli
