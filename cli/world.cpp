#include "cli/world.hpp"

#include <ferry/standard_environment.hpp>

#include <utility>

namespace ferry::cli {

world::world(asio::any_io_executor on, rate_options limit)
    : parts_(std::make_unique<standard_environment>(std::move(on), limit)) {}
world::~world() = default;

environment& world::get() noexcept { return parts_->get(); }
void world::drop(const asio::ip::address& local) { parts_->http().drop(local); }

}  // namespace ferry::cli
