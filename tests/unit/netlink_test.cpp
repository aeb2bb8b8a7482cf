#include <ferry/detail/netlink.hpp>

#include <support/files.hpp>
#include <support/netlink_message.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace ferry::test::netlink_test {

using namespace ferry::detail;
using asio::ip::make_address;

namespace {

using news = std::vector<netlink_news>;

news parse(const std::vector<std::byte>& datagram) { return parse_netlink(datagram); }

}  // namespace

TEST_CASE("netlink: an interface is up when it is switched on and its cable leads somewhere") {
    CHECK(parse(link_message(3, IFF_UP | IFF_RUNNING)) == news{link_news{3, false, true, false}});
    CHECK(parse(link_message(3, IFF_UP)) == news{link_news{3, false, false, false}});
    CHECK(parse(link_message(3, IFF_RUNNING)) == news{link_news{3, false, false, false}});
    CHECK(
        parse(link_message(1, IFF_UP | IFF_RUNNING | IFF_LOOPBACK)) ==
        news{link_news{1, false, true, true}});
    CHECK(parse(link_message(3, 0, RTM_DELLINK)) == news{link_news{3, true, false, false}});
}

TEST_CASE("netlink: a port that leaves a bridge is not an interface that goes away") {
    CHECK(parse(link_message(3, IFF_UP, RTM_DELLINK, AF_BRIDGE)).empty());
}

TEST_CASE("netlink: addresses of both families, and which of them lead beyond the link") {
    const auto far = [](const char* ip, int scope = RT_SCOPE_UNIVERSE, unsigned flags = 0) {
        const auto all = parse(address_message(2, make_address(ip), RTM_NEWADDR, scope, flags));
        REQUIRE(all.size() == 1);
        const auto& one = std::get<address_news>(all.front());
        CHECK(one.index == 2);
        CHECK_FALSE(one.gone);
        CHECK(one.ip == make_address(ip));
        return one.reaches_far;
    };
    CHECK(far("192.0.2.1"));
    CHECK(far("10.0.0.1"));
    CHECK(far("2001:db8::1"));
    CHECK(far("fd00::1"));
    CHECK_FALSE(far("169.254.1.1"));
    CHECK_FALSE(far("192.0.2.1", RT_SCOPE_LINK));
    CHECK_FALSE(far("127.0.0.1", RT_SCOPE_HOST));
    CHECK_FALSE(far("2001:db8::1", RT_SCOPE_UNIVERSE, IFA_F_TENTATIVE));
    CHECK_FALSE(far("2001:db8::1", RT_SCOPE_UNIVERSE, IFA_F_DADFAILED));
    CHECK(far("2001:db8::1", RT_SCOPE_UNIVERSE, IFA_F_DEPRECATED));
}

TEST_CASE("netlink: a link-local address is named as sockets name it, with its interface") {
    const auto ip = make_address("fe80::1");
    CHECK(
        parse(address_message(7, ip, RTM_DELADDR)) ==
        news{address_news{7, true, make_address("fe80::1%7"), false}});
}

TEST_CASE("netlink: of a point-to-point link, our own end's address counts") {
    auto body = address_body(4, AF_INET, RT_SCOPE_UNIVERSE);
    append_attribute(body, IFA_ADDRESS, make_address("192.0.2.2").to_v4().to_bytes());
    append_attribute(body, IFA_LOCAL, make_address("192.0.2.1").to_v4().to_bytes());
    CHECK(
        parse(message(RTM_NEWADDR, body)) ==
        news{address_news{4, false, make_address("192.0.2.1"), true}});
}

TEST_CASE("netlink: routes are news when a person or a network manager made them") {
    for (const int by : {RTPROT_BOOT, RTPROT_STATIC, RTPROT_RA, RTPROT_DHCP})
        CHECK(parse(route_message(by)) == news{route_news{}});
    for (const int by : {RTPROT_KERNEL, RTPROT_REDIRECT, RTPROT_BIRD, RTPROT_BGP})
        CHECK(parse(route_message(by)).empty());
    CHECK(parse(route_message(RTPROT_STATIC, RTN_BLACKHOLE)).empty());
    CHECK(parse(route_message(RTPROT_STATIC, RTN_UNICAST, RTM_DELROUTE)).empty());
}

TEST_CASE("netlink: the end of an answer, good, failed or interrupted") {
    CHECK(parse(end_message(NLMSG_DONE, 0)) == news{dump_end{}});
    CHECK(parse(end_message(NLMSG_ERROR, -EPERM)) == news{dump_end{EPERM, false}});
    CHECK(parse(end_message(NLMSG_DONE, 0, NLM_F_DUMP_INTR)) == news{dump_end{0, true}});
}

TEST_CASE("netlink: a request says what it wants and how long it is") {
    const auto request = dump_request(RTM_GETADDR);
    nlmsghdr header = {};
    REQUIRE(request.size() >= sizeof header);
    std::memcpy(&header, request.data(), sizeof header);
    CHECK(header.nlmsg_len <= request.size());
    CHECK(header.nlmsg_type == RTM_GETADDR);
    CHECK(header.nlmsg_flags == (NLM_F_REQUEST | NLM_F_DUMP));
}

TEST_CASE("netlink: a datagram holds many messages; those of no interest are skipped") {
    auto datagram = link_message(1, IFF_UP);
    append(datagram, message(NLMSG_NOOP, {}));
    append(datagram, message(RTM_NEWNEIGH, std::vector<std::byte>(5)));
    append(datagram, link_message(2, IFF_UP));
    const auto all = parse(datagram);
    REQUIRE(all.size() == 2);
    CHECK(std::get<link_news>(all[1]).index == 2);
}

TEST_CASE("netlink: cut short anywhere, a datagram gives what came before the cut") {
    auto datagram = link_message(1, IFF_UP);
    append(datagram, address_message(1, make_address("2001:db8::1")));
    append(datagram, end_message(NLMSG_DONE, 0));
    const auto whole = parse(datagram);
    REQUIRE(whole.size() == 3);
    for (std::size_t size = 0; size < datagram.size(); ++size) {
        const auto some = parse({datagram.begin(), datagram.begin() + static_cast<int>(size)});
        REQUIRE(some.size() < whole.size());
        CHECK(std::equal(some.begin(), some.end(), whole.begin()));
    }
}

TEST_CASE("netlink: lengths that cannot be end the reading, they do not mislead it") {
    const auto good = address_message(1, make_address("192.0.2.1"));
    for (std::size_t at = 0; at + 2 <= good.size(); ++at)
        for (const std::uint16_t length : {0, 1, 3, 4, 15, 16, 17, 1000, 0xffff}) {
            auto bad = good;
            std::memcpy(bad.data() + at, &length, sizeof length);
            append(bad, link_message(1, IFF_UP));
            CHECK(parse(bad).size() <= 2);
        }
}

TEST_CASE("netlink: no garbage does any harm") {
    std::mt19937 noise(1);
    auto good = link_message(1, IFF_UP);
    append(good, address_message(1, make_address("2001:db8::1")));
    append(good, route_message(RTPROT_STATIC));
    for (int i = 0; i < 20'000; ++i) {
        auto bad = good;
        for (int flips = 1 + i % 8; flips > 0; --flips)
            bad[noise() % bad.size()] = static_cast<std::byte>(noise());
        bad.resize(noise() % (bad.size() + 1));
        const std::vector<std::byte> exact(bad.begin(), bad.end());  // the sanitizer sees its end
        CHECK(parse(exact).size() <= 64);
    }
}

}  // namespace ferry::test::netlink_test
