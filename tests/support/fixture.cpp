#include <support/fixture.hpp>

#include <ferry/http/protocol.hpp>
#include <ferry/local/protocol.hpp>

namespace ferry::test {

void add_protocols(protocol_set& to, asio::any_io_executor on, clock& time, disk_pool& disk) {
    to.add(std::make_unique<local::protocol>(disk));
    to.add(std::make_unique<http::protocol>(on, time, disk));
}

awaitable<result<void>> start_download(
    environment& with, std::string from, std::filesystem::path to, transfer_options options,
    transfer_status& status) {
    return download(with, parse_url(from).value(), std::move(to), std::move(options), status);
}

}  // namespace ferry::test
