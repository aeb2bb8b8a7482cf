#pragma once

#include <asio/ip/address.hpp>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

// Messages of rtnetlink(7), made by hand.

namespace ferry::test {

using netlink_body = std::vector<std::byte>;

inline void append(netlink_body& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
    to.resize(NLMSG_ALIGN(to.size()));
}

template <class T>
netlink_body bytes_of(const T& value) {
    netlink_body bytes;
    append(bytes, std::as_bytes(std::span(&value, 1)));
    return bytes;
}

template <class T>
void append_attribute(netlink_body& to, unsigned short type, const T& value) {
    append(to, bytes_of(rtattr{static_cast<unsigned short>(RTA_LENGTH(sizeof value)), type}));
    append(to, std::as_bytes(std::span(&value, 1)));
}

inline netlink_body message(int type, const netlink_body& body, int flags = 0) {
    nlmsghdr header = {};
    header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(body.size()));
    header.nlmsg_type = static_cast<std::uint16_t>(type);
    header.nlmsg_flags = static_cast<std::uint16_t>(flags);
    auto all = bytes_of(header);
    append(all, body);
    return all;
}

inline netlink_body link_message(
    int index, unsigned flags, int type = RTM_NEWLINK, int family = AF_UNSPEC) {
    ifinfomsg about = {};
    about.ifi_family = static_cast<unsigned char>(family);
    about.ifi_index = index;
    about.ifi_flags = flags;
    auto body = bytes_of(about);
    append_attribute(body, IFLA_MTU, std::uint32_t{1500});
    return message(type, body);
}

inline netlink_body address_body(int index, int family, int scope) {
    ifaddrmsg about = {};
    about.ifa_family = static_cast<unsigned char>(family);
    about.ifa_scope = static_cast<unsigned char>(scope);
    about.ifa_index = static_cast<std::uint32_t>(index);
    return bytes_of(about);
}

inline netlink_body address_message(
    int index, const asio::ip::address& ip, int type = RTM_NEWADDR, int scope = RT_SCOPE_UNIVERSE,
    unsigned flags = 0) {
    auto body = address_body(index, ip.is_v4() ? AF_INET : AF_INET6, scope);
    if (ip.is_v4())
        append_attribute(body, IFA_LOCAL, ip.to_v4().to_bytes());
    else
        append_attribute(body, IFA_ADDRESS, ip.to_v6().to_bytes());
    append_attribute(body, IFA_FLAGS, std::uint32_t{flags});
    return message(type, body);
}

inline netlink_body route_message(int by, int kind = RTN_UNICAST, int type = RTM_NEWROUTE) {
    rtmsg about = {};
    about.rtm_family = AF_INET;
    about.rtm_protocol = static_cast<unsigned char>(by);
    about.rtm_type = static_cast<unsigned char>(kind);
    about.rtm_table = RT_TABLE_MAIN;
    return message(type, bytes_of(about));
}

/// NLMSG_DONE or NLMSG_ERROR.
inline netlink_body end_message(int type, std::int32_t error, int flags = 0) {
    return message(type, bytes_of(error), flags);
}

}  // namespace ferry::test
