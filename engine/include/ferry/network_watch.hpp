#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/detail/netlink.hpp>

#include <asio/ip/address.hpp>

#include <map>
#include <set>
#include <vector>

namespace ferry {

/// Who wants to know about this machine's network. Must not throw.
class network_listener {
  public:
    virtual ~network_listener() = default;
    /// No address is left that leads beyond this machine and its links. (Loopback still works.)
    virtual void lost() = 0;
    /// There is one again; or another address, interface or route has appeared, so that what could
    /// not be reached before perhaps can be now. May come without lost().
    virtual void returned() = 0;
    /// Connections from this address are dead, though nothing will ever tell them so.
    virtual void address_gone(const asio::ip::address& local) = 0;
};

/// Tells `to` of changes in this machine's network as they happen, and at once if there is none at
/// all. What changes together is told together: address_gone() first, then lost() or returned().
/// Sleeps as long as nothing happens; there is no timer.
/// @param to  Must outlive the call.
/// Errors: any errno of the netlink socket; it is then not known what happens. The kernel is asked
///   anew when it had more to tell than would fit (ENOBUFS).
/// Cancellation: terminal; errc::cancelled. It does not end otherwise.
/// Threads: stays on the caller's executor.
[[nodiscard]] awaitable<result<void>> watch_network(network_listener& to);

namespace detail {

/// What has become of the network.
struct network_change {
    bool lost = false;
    bool returned = false;
    std::vector<asio::ip::address> gone = {};
    bool operator==(const network_change&) const = default;
};

/// The interfaces and their addresses, as the kernel tells. A value: no I/O.
class network_state {
  public:
    /// All will be told anew.
    void forget() { links_.clear(); }
    void apply(const netlink_news& news);
    /// What has changed since the last call; after the first one, only whether there is a network.
    network_change settle();

  private:
    struct link {
        bool up = false;
        bool loopback = false;
        std::map<asio::ip::address, bool> addresses = {};  // do they reach far?
    };
    /// Addresses that can be used now.
    struct reach {
        std::set<asio::ip::address> all = {};
        std::set<asio::ip::address> far = {};
    };
    void take(const link_news& news);
    void take(const address_news& news);
    void take(const route_news&) { new_route_ = true; }
    void take(const dump_end&) {}
    reach look() const;

    std::map<int, link> links_;
    reach told_;
    bool new_route_ = false;
    bool begun_ = false;
    bool lost_ = false;
};

}  // namespace detail
}  // namespace ferry

#include <ferry/impl/network_watch.ipp>
