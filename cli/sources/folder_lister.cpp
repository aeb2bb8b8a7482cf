#include "cli/sources/folder_lister.hpp"

#include "cli/world.hpp"

#include <ferry/environment.hpp>
#include <ferry/local/detail/folder.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <optional>
#include <utility>

namespace ferry::cli {
namespace {

/// A loop of its own, which runs while somebody waits for a folder.
class remote_folders {
  public:
    explicit remote_folders(std::shared_ptr<const access_options> access)
        : access_(std::move(access)), world_(io_.get_executor()) {}

    result<folder_listing> list(const url& folder) {
        auto* const known = world_.get().protocols.find(folder.scheme);
        if (!known) return failure{errc::unsupported, "no protocol for " + folder.scheme + ":"};
        std::optional<result<folder_listing>> outcome;
        auto listing = known->list_folder({folder, access_});
        asio::co_spawn(
            io_, caught(std::move(listing)),
            [&outcome](std::exception_ptr, result<folder_listing> listed) {
                outcome = std::move(listed);
            });
        io_.restart();
        io_.run();
        return *std::move(outcome);
    }

  private:
    std::shared_ptr<const access_options> access_;
    asio::io_context io_{1};
    world world_;
};

}  // namespace

result<folder_listing> list_local_folder(const url& folder) {
    if (folder.scheme != "file")
        return failure{errc::unsupported, "nobody can look into folders of " + folder.scheme};
    const auto path = to_path(folder);
    if (!path) return path.error();
    return local::detail::read_folder(*path);
}

folder_lister lister_with(std::shared_ptr<const access_options> access) {
    if (!access) return list_local_folder;
    auto remote = std::make_shared<std::unique_ptr<remote_folders>>();
    return [access = std::move(access), remote](const url& folder) -> result<folder_listing> {
        if (folder.scheme == "file") return list_local_folder(folder);
        if (!*remote) *remote = std::make_unique<remote_folders>(access);
        return (*remote)->list(folder);
    };
}

}  // namespace ferry::cli
