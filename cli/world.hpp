#pragma once

#include <ferry/rate.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>

#include <memory>

namespace ferry {

class standard_environment;
struct environment;

namespace cli {

/// What the transfers of this process share, with all protocols. Behind a pointer, so that only one
/// source file compiles them.
class world {
  public:
    explicit world(asio::any_io_executor on, rate_options limit = {});
    ~world();
    environment& get() noexcept;
    /// See http::protocol::drop().
    void drop(const asio::ip::address& local);

  private:
    std::unique_ptr<standard_environment> parts_;
};

/// A loop, run by whoever has to wait for something, and what all share who do so one after the
/// other: connections that one has made serve the next.
struct world_loop {
    explicit world_loop(rate_options limit = {}) : all(io.get_executor(), limit) {}

    asio::io_context io{1};
    world all;
};

}  // namespace cli
}  // namespace ferry
