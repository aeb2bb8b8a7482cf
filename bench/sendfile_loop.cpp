// sendfile_loop FILE http://ADDRESS:PORT/PATH: the least that an upload over one connection can
// cost its sender. One blocking PUT, file -> socket without the bytes ever being in user space. No
// TLS, no names, no redirects, no retries, no question whether the file is still what it was.
#include "raw_http.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bench;

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file < 0 || fstat(file, &about) != 0) fail(argv[1]);
    const target to = parse(argv[2]);
    const int socket = connect_to(to);
    const std::string head = "PUT " + to.path + " HTTP/1.1\r\nHost: " + to.address +
                             "\r\nContent-Length: " + std::to_string(about.st_size) + "\r\n\r\n";
    const auto size = static_cast<ssize_t>(head.size());
    if (send(socket, head.data(), head.size(), MSG_MORE) != size) fail("send");
    for (off_t at = 0; at < about.st_size;) {
        const auto rest = static_cast<std::size_t>(about.st_size - at);
        if (sendfile(socket, file, &at, rest) <= 0) fail("sendfile");
    }
    char reply[4096] = {};
    if (read(socket, reply, sizeof reply - 1) <= 0) fail("reply");
    const bool stored = std::string(reply).compare(0, 10, "HTTP/1.1 2") == 0;
    if (!stored) std::fputs(reply, stderr);
    return stored ? 0 : 1;
}
