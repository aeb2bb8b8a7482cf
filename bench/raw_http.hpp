// What the bare loops need of HTTP: an address of a server, and a connection to it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {

[[noreturn]] inline void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct target {
    std::string address;
    std::string port;
    std::string path;
};

inline target parse(const std::string& url) {
    const std::string scheme = "http://";
    const auto colon = url.find(':', scheme.size());
    const auto slash = url.find('/', scheme.size());
    if (url.compare(0, scheme.size(), scheme) != 0 || slash == url.npos || colon > slash) {
        std::fputs("only http://ADDRESS:PORT/PATH\n", stderr);
        std::exit(2);
    }
    return {
        url.substr(scheme.size(), colon - scheme.size()), url.substr(colon + 1, slash - colon - 1),
        url.substr(slash)};
}

inline int connect_to(const target& to) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<std::uint16_t>(std::stoi(to.port)));
    if (inet_pton(AF_INET, to.address.c_str(), &peer.sin_addr) != 1) fail("address");
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("socket");
    // Where the system paces what it sends (BBR), within this machine, too, that would be measured.
    if (setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) != 0) fail("congestion control");
    if (connect(socket, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0) fail("connect");
    return socket;
}

}  // namespace bench
