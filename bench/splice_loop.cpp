// splice_loop http://ADDRESS:PORT/PATH FILE: the least that a download over one connection can
// cost on this kernel. One blocking GET, then socket -> pipe -> file without the bytes ever being
// in user space. No TLS, no names, no redirects, no chunked bodies, no retries, no sync.
#include "raw_http.hpp"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace {

using namespace bench;

constexpr std::size_t pipe_size = 1 << 20;  // what an ordinary user may ask for

/// Peeks until the head is complete, then takes exactly the head: the body stays for splice.
std::string read_head(int socket) {
    char seen[16384];
    for (;;) {
        const auto count = recv(socket, seen, sizeof seen, MSG_PEEK);
        if (count <= 0) fail("head");
        const std::string text(seen, static_cast<std::size_t>(count));
        const auto end = text.find("\r\n\r\n");
        if (end == text.npos) continue;
        if (recv(socket, seen, end + 4, MSG_WAITALL) != static_cast<ssize_t>(end + 4)) fail("head");
        return text.substr(0, end + 4);
    }
}

std::uint64_t content_length(const std::string& head) {
    const char* length = strcasestr(head.c_str(), "\r\ncontent-length:");
    if (head.compare(0, 12, "HTTP/1.1 200") != 0 || length == nullptr) {
        std::fputs("splice_loop: not a 200 with a length\n", stderr);
        std::exit(1);
    }
    return std::strtoull(length + std::strlen("\r\ncontent-length:"), nullptr, 10);
}

void move_all(int from, int to, std::uint64_t left) {
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) != 0) fail("pipe");
    fcntl(pipe[1], F_SETPIPE_SZ, static_cast<int>(pipe_size));
    while (left > 0) {
        auto held = splice(from, nullptr, pipe[1], nullptr, pipe_size, SPLICE_F_MOVE);
        if (held <= 0) fail("splice from socket");
        left -= static_cast<std::uint64_t>(held);
        while (held > 0) {
            const auto size = static_cast<std::size_t>(held);
            const auto moved = splice(pipe[0], nullptr, to, nullptr, size, SPLICE_F_MOVE);
            if (moved <= 0) fail("splice to file");
            held -= moved;
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const target to = parse(argv[1]);
    const int socket = connect_to(to);
    const std::string get = "GET " + to.path + " HTTP/1.1\r\nHost: " + to.address + "\r\n\r\n";
    if (write(socket, get.data(), get.size()) != static_cast<ssize_t>(get.size())) fail("send");
    const std::uint64_t length = content_length(read_head(socket));
    const int file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) fail(argv[2]);
    move_all(socket, file, length);
    if (close(file) != 0) fail(argv[2]);
}
