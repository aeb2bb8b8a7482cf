#pragma once

#include <ferry/result.hpp>

#include <asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

// What the kernel tells about interfaces, addresses and routes (rtnetlink(7)): bytes in, news out.

namespace ferry::detail {

/// An interface is there, or is there no more.
struct link_news {
    int index = 0;
    bool gone = false;
    bool up = false;  ///< switched on, and the other end of its cable too
    bool loopback = false;
    bool operator==(const link_news&) const = default;
};

/// An interface has an address, or has it no more.
struct address_news {
    int index = 0;  ///< of the interface
    bool gone = false;
    asio::ip::address ip = {};
    bool reaches_far = false;  ///< beyond the link that it is on; true also of private addresses
    bool operator==(const address_news&) const = default;
};

/// Somebody added a route. Those that the kernel makes of addresses, and what routing daemons learn
/// from each other all day, are no news.
struct route_news {
    bool operator==(const route_news&) const = default;
};

/// The answer to a request ends here.
struct dump_end {
    int error_number = 0;      ///< 0: all has been told
    bool interrupted = false;  ///< there were changes meanwhile: what was told may not fit together
    bool operator==(const dump_end&) const = default;
};

using netlink_news = std::variant<link_news, address_news, route_news, dump_end>;

/// The news in one datagram, as far as it can be understood; what cannot, is skipped.
std::vector<netlink_news> parse_netlink(std::span<const std::byte> datagram);

/// The request for all of something: RTM_GETLINK or RTM_GETADDR.
std::vector<std::byte> dump_request(std::uint16_t type);

}  // namespace ferry::detail

#include <ferry/impl/netlink.ipp>
