#include "cli/get/server_name.hpp"

#include <ferry/detail/patience.hpp>

#include <memory>
#include <utility>

namespace ferry::cli {
namespace {

awaitable<result<object_info>> look_at(
    environment& with, url what, std::shared_ptr<const access_options> access) {
    auto* plug = with.protocols.find(what.scheme);
    if (!plug) co_return failure{errc::unsupported, "no protocol for " + what.scheme + ":"};
    open_request request;
    request.what = std::move(what);
    request.access = std::move(access);
    request.ranged = true;
    request.range = {0, 1};
    auto opened = co_await plug->open(std::move(request));
    if (!opened) co_return opened.error();
    co_return (*opened)->info();
}

result<std::string> usable_name(const object_info& about) {
    auto name = safe_file_name(about.suggested_name);
    if (name.empty()) name = file_name_of(about.location);
    if (!name.empty()) return name;
    return failure{
        errc::bad_argument,
        to_string(about.location) + ": the server names no file (-o FILE does)"};
}

}  // namespace

awaitable<result<std::string>> name_by_server(
    environment& with, url what, transfer_options options) {
    options.on_change = {};
    if (!options.access) options.access = std::make_shared<const access_options>();
    transfer_status nobody_looks;
    detail::patience waits(with, what, options, nobody_looks);
    for (;;) {
        auto slot = co_await waits.wait_for_host();
        if (!slot) co_return slot.error();
        auto about = co_await look_at(with, what, options.access);
        *slot = {};
        if (about) co_return usable_name(*about);
        if (!is_transient(about.error().code)) co_return about.error();
        auto waited = co_await waits.wait_before_retry(about.error(), what);
        if (!waited) co_return waited.error();
    }
}

}  // namespace ferry::cli
