#pragma once

#include <ferry/rate.hpp>

#include <asio/any_io_executor.hpp>
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

}  // namespace cli
}  // namespace ferry
