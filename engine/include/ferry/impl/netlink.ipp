#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace ferry::detail {

using netlink_bytes = std::span<const std::byte>;

/// The T at the beginning of `bytes`, wherever they lie in memory.
template <class T>
std::optional<T> leading(netlink_bytes bytes) {
    T value;
    if (bytes.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

/// Cuts off what begins with a `Header` that tells its length, and its padding: the header and what
/// follows it. Nothing if the length cannot be.
template <class Header>
std::optional<std::pair<Header, netlink_bytes>> cut(netlink_bytes& from, std::size_t length) {
    const auto header = leading<Header>(from);
    if (!header || length < sizeof(Header) || length > from.size()) return std::nullopt;
    const auto body = from.first(length).subspan(std::min(length, NLMSG_ALIGN(sizeof(Header))));
    from = from.subspan(std::min<std::size_t>(from.size(), NLMSG_ALIGN(length)));
    return std::pair(*header, body);
}

inline std::optional<std::pair<nlmsghdr, netlink_bytes>> next_message(netlink_bytes& from) {
    const auto header = leading<nlmsghdr>(from);
    return header ? cut<nlmsghdr>(from, header->nlmsg_len) : std::nullopt;
}

/// The first attribute of that type, or nothing.
inline netlink_bytes attribute(netlink_bytes in, unsigned short type) {
    while (const auto header = leading<rtattr>(in)) {
        const auto one = cut<rtattr>(in, header->rta_len);
        if (!one) break;
        if ((one->first.rta_type & NLA_TYPE_MASK) == type) return one->second;
    }
    return {};
}

inline std::optional<asio::ip::address> parse_address(const ifaddrmsg& about, netlink_bytes bytes) {
    using namespace asio::ip;
    if (about.ifa_family == AF_INET)
        if (const auto raw = leading<address_v4::bytes_type>(bytes)) return address_v4(*raw);
    if (about.ifa_family != AF_INET6) return std::nullopt;
    const auto raw = leading<address_v6::bytes_type>(bytes);
    if (!raw) return std::nullopt;
    address_v6 ip(*raw);
    if (ip.is_link_local()) ip.scope_id(about.ifa_index);  // as sockets name it
    return ip;
}

inline bool is_link_local(const asio::ip::address& ip) {
    if (ip.is_v6()) return ip.to_v6().is_link_local();
    const auto bytes = ip.to_v4().to_bytes();
    return bytes[0] == 169 && bytes[1] == 254;
}

inline std::optional<netlink_news> parse_link(bool gone, netlink_bytes body) {
    const auto about = leading<ifinfomsg>(body);
    // other families speak of a part only: "deleted" by a bridge is a port that left it
    if (!about || about->ifi_family != AF_UNSPEC) return std::nullopt;
    constexpr unsigned up = IFF_UP | IFF_RUNNING;
    return link_news{
        about->ifi_index, gone, (about->ifi_flags & up) == up,
        (about->ifi_flags & IFF_LOOPBACK) != 0};
}

inline std::optional<netlink_news> parse_address_news(bool gone, netlink_bytes body) {
    const auto about = leading<ifaddrmsg>(body);
    if (!about) return std::nullopt;
    const auto attributes = body.subspan(std::min(body.size(), NLMSG_ALIGN(sizeof *about)));
    auto bytes = attribute(attributes, IFA_LOCAL);  // IFA_ADDRESS may be the other end's
    if (bytes.empty()) bytes = attribute(attributes, IFA_ADDRESS);
    const auto ip = parse_address(*about, bytes);
    if (!ip) return std::nullopt;
    const auto flags = leading<std::uint32_t>(attribute(attributes, IFA_FLAGS));
    // not yet known, or known not, to be nobody else's
    const bool doubtful = (flags.value_or(about->ifa_flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
    const bool far = about->ifa_scope < RT_SCOPE_LINK && !doubtful && !is_link_local(*ip);
    return address_news{static_cast<int>(about->ifa_index), gone, *ip, far};
}

inline std::optional<netlink_news> parse_route(netlink_bytes body) {
    constexpr std::array<unsigned char, 4> by_hand{
        RTPROT_BOOT, RTPROT_STATIC, RTPROT_RA, RTPROT_DHCP};
    const auto about = leading<rtmsg>(body);
    if (!about || about->rtm_type != RTN_UNICAST || (about->rtm_flags & RTM_F_CLONED) != 0)
        return std::nullopt;
    if (std::find(by_hand.begin(), by_hand.end(), about->rtm_protocol) == by_hand.end())
        return std::nullopt;
    return route_news{};
}

inline dump_end parse_end(const nlmsghdr& header, netlink_bytes body) {
    const auto error = leading<std::int32_t>(body).value_or(0);  // as errno, but negative
    return {error < 0 ? -error : 0, (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0};
}

inline std::optional<netlink_news> parse_message(const nlmsghdr& header, netlink_bytes body) {
    switch (header.nlmsg_type) {
        case NLMSG_DONE:
        case NLMSG_ERROR:
            return parse_end(header, body);
        case RTM_NEWLINK:
        case RTM_DELLINK:
            return parse_link(header.nlmsg_type == RTM_DELLINK, body);
        case RTM_NEWADDR:
        case RTM_DELADDR:
            return parse_address_news(header.nlmsg_type == RTM_DELADDR, body);
        case RTM_NEWROUTE:
            return parse_route(body);
        default:
            return std::nullopt;
    }
}

inline std::vector<netlink_news> parse_netlink(std::span<const std::byte> datagram) {
    std::vector<netlink_news> all;
    while (const auto one = next_message(datagram))
        if (auto news = parse_message(one->first, one->second)) all.push_back(*std::move(news));
    return all;
}

inline std::vector<std::byte> dump_request(std::uint16_t type) {
    struct {
        nlmsghdr header;
        rtgenmsg about;
    } request = {};
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.about);
    request.header.nlmsg_type = type;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.about.rtgen_family = AF_UNSPEC;
    const auto bytes = std::as_bytes(std::span(&request, 1));
    return {bytes.begin(), bytes.end()};
}

}  // namespace ferry::detail
