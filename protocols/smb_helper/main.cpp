// The process that speaks SMB for ferry; see ferry/smb/detail/helper.hpp.
#include "share.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ferry::smb::helper {
namespace {

using detail::helper_memory;
using detail::helper_socket;

bool transfer(bool receive, void* data, std::size_t size) {
    auto* at = static_cast<char*>(data);
    while (size > 0) {
        const auto n = receive ? ::recv(helper_socket, at, size, 0)
                               : ::send(helper_socket, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t end; (end = text.find('\0')) != text.npos; text.remove_prefix(end + 1))
        parts.emplace_back(text.substr(0, end));
    return parts;
}

/// Ends this process with the other one, also when the main thread waits for a server. This thread
/// must not go near libsmbclient.
void end_with_ferry() {
    pollfd peer{helper_socket, POLLRDHUP, 0};
    while (::poll(&peer, 1, -1) < 0 && errno == EINTR) {
    }
    ::_exit(0);
}

std::span<std::byte> map_memory() {
    constexpr auto bytes = detail::block_size * detail::slots;
    constexpr int access = PROT_READ | PROT_WRITE;
    auto* const mapped = ::mmap(nullptr, bytes, access, MAP_SHARED, helper_memory, 0);
    if (mapped == MAP_FAILED) return {};
    return {static_cast<std::byte*>(mapped), bytes};
}

/// libsmbclient prints; and what ferry has open is not for us.
void leave_descriptors() {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, helper_memory);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
}

int serve() {
    const auto memory = map_memory();
    if (memory.empty()) return 1;
    leave_descriptors();
    std::thread(end_with_ferry).detach();
    share one(memory);
    wire_request asked;
    std::string text;
    while (transfer(true, &asked, sizeof asked) && asked.text <= detail::longest_text) {
        text.resize(asked.text);
        if (!transfer(true, text.data(), text.size())) break;
        auto reply = one.answer(asked, split(text));
        ::explicit_bzero(text.data(), text.size());  // it may hold a password
        if (!transfer(false, &reply, sizeof reply)) break;
        one.tidy();
    }
    return 0;
}

/// What they took of the processor counts as ours then.
void bury_dead(int how) {
    pid_t one = 0;
    while ((one = ::waitpid(-1, nullptr, how)) > 0 || (one < 0 && errno == EINTR)) {
    }
}

/// What ferry has for a new helper.
struct handed {
    int wire = -1;
    int memory = -1;
};

/// Waits for the next one. Empty, with errno: there will be none.
std::optional<handed> receive() {
    handed one;
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof one)] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t got = 0;
    errno = 0;
    while ((got = ::recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        bury_dead(WNOHANG);
    const auto* const header = got == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (!header || header->cmsg_len != CMSG_LEN(sizeof one)) return {};
    std::memcpy(&one, CMSG_DATA(header), sizeof one);
    return one;
}

/// In a new process.
int serve(const handed& one) {
    ::signal(SIGCHLD, SIG_DFL);
    ::signal(SIGXFSZ, SIG_IGN);  // ferry learns of it by itself
    ::dup2(one.wire, helper_socket);
    ::dup2(one.memory, helper_memory);
    return serve();
}

/// Loaded once, it forks for each helper. If it cannot, ferry learns of it by the end of the wire.
int fork_when_asked() {
    struct sigaction wakes {};
    wakes.sa_handler = [](int) {};
    ::sigaction(SIGCHLD, &wakes, nullptr);
    while (const auto one = receive()) {
        if (::fork() == 0) return serve(*one);
        ::close(one->wire);
        ::close(one->memory);
        bury_dead(WNOHANG);
    }
    if (errno != ENOTSOCK) {
        bury_dead(0);
        return 0;
    }
    std::fputs("ferry-smb: a part of ferry, which starts it itself\n", stderr);
    return 2;
}

}  // namespace
}  // namespace ferry::smb::helper

int main() {
    const int code = ferry::smb::helper::fork_when_asked();
    ::fflush(nullptr);
    ::_exit(code);  // nobody waits for the farewells of libsmbclient
}
