#include <ferry/network_watch.hpp>

#include <doctest/doctest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <initializer_list>

namespace ferry::test::network_watch_test {

using namespace ferry::detail;
using asio::ip::address;
using asio::ip::make_address;

namespace {

const address ours = make_address("192.0.2.1");
const address other = make_address("2001:db8::1");
const address near = make_address("fe80::1%2");

link_news up(int index) { return {index, false, true, false}; }
link_news down(int index) { return {index, false, false, false}; }
link_news removed(int index) { return {index, true, false, false}; }
address_news has(int index, const address& ip, bool far = true) { return {index, false, ip, far}; }
address_news has_no(int index, const address& ip) { return {index, true, ip, true}; }

const network_change nothing{};
const network_change lost{.lost = true};
const network_change returned{.returned = true};

network_change gone(std::initializer_list<address> which, bool lost = false) {
    return {lost, false, which};
}

struct machine {
    network_state state;

    network_change hears(std::initializer_list<netlink_news> all) {
        for (const auto& news : all) state.apply(news);
        return state.settle();
    }
};

/// With loopback, and with one interface that has an address.
struct connected_machine : machine {
    connected_machine() {
        const link_news loopback{1, false, true, true};
        CHECK(
            hears({loopback, has(1, make_address("127.0.0.1"), false), up(2), has(2, ours)}) ==
            nothing);
    }
};

}  // namespace

TEST_CASE("network: at first, only that there is none is news") {
    CHECK(machine().hears({up(2), has(2, ours), route_news{}}) == nothing);
    CHECK(machine().hears({}) == lost);
    CHECK(machine().hears({up(2)}) == lost);
    CHECK(machine().hears({down(2), has(2, ours)}) == lost);
    CHECK(machine().hears({up(2), has(2, near, false)}) == lost);
}

TEST_CASE("network: loopback is none, whatever address it has") {
    CHECK(machine().hears({link_news{1, false, true, true}, has(1, ours)}) == lost);
}

TEST_CASE("network: a link that goes down takes its addresses along, and back they come") {
    connected_machine it;
    CHECK(it.hears({down(2)}) == gone({ours}, true));
    CHECK(it.hears({down(2)}) == nothing);
    CHECK(it.hears({up(2)}) == returned);
    CHECK(it.hears({up(2)}) == nothing);
}

TEST_CASE("network: an interface that is removed, and another one that appears") {
    connected_machine it;
    CHECK(it.hears({removed(2)}) == gone({ours}, true));
    CHECK(it.hears({up(3)}) == nothing);
    CHECK(it.hears({has(3, other)}) == returned);
}

TEST_CASE("network: the last address goes, and comes") {
    connected_machine it;
    CHECK(it.hears({has_no(2, ours)}) == gone({ours}, true));
    CHECK(it.hears({has(2, ours)}) == returned);
}

TEST_CASE("network: one of two addresses goes: its connections are dead, the network is not") {
    connected_machine it;
    CHECK(it.hears({has(2, other)}) == returned);  // perhaps what failed before is reached now
    CHECK(it.hears({has_no(2, ours)}) == gone({ours}));
}

TEST_CASE("network: from one network to the next in one step") {
    connected_machine it;
    const network_change moved{.returned = true, .gone = {ours}};
    CHECK(it.hears({has_no(2, ours), has(2, other)}) == moved);
}

TEST_CASE("network: an address that two interfaces have is gone when both have lost it") {
    connected_machine it;
    CHECK(it.hears({up(3), has(3, ours)}) == nothing);
    CHECK(it.hears({down(2)}) == nothing);
    CHECK(it.hears({down(3)}) == gone({ours}, true));
}

TEST_CASE("network: an address told twice, a link that blinks, are no news") {
    connected_machine it;
    CHECK(it.hears({has(2, ours), up(2)}) == nothing);
    CHECK(it.hears({down(2), up(2)}) == nothing);
}

TEST_CASE("network: an address counts once it is certain, and no more when it is doubted") {
    machine it;
    CHECK(it.hears({up(2), has(2, other, false)}) == lost);
    CHECK(it.hears({has(2, other, true)}) == returned);
    CHECK(it.hears({has(2, other, false)}) == lost);
}

TEST_CASE("network: a new route may lead to what could not be reached") {
    connected_machine it;
    CHECK(it.hears({route_news{}, route_news{}}) == returned);
    CHECK(it.hears({}) == nothing);
    CHECK(it.hears({down(2), route_news{}}) == gone({ours}, true));
}

TEST_CASE("network: told anew, only what differs is news") {
    connected_machine it;
    it.state.forget();
    CHECK(it.hears({up(2), has(2, ours)}) == gone({make_address("127.0.0.1")}));
    it.state.forget();
    CHECK(it.hears({up(3), has(3, ours)}) == nothing);
    it.state.forget();
    CHECK(it.hears({}) == gone({ours}, true));
    it.state.forget();
    CHECK(it.hears({}) == nothing);
}

}  // namespace ferry::test::network_watch_test
