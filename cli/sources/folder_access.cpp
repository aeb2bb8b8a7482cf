#include "cli/sources/folder_access.hpp"

#include "cli/world.hpp"

#include <ferry/environment.hpp>
#include <ferry/local/detail/folder.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <optional>
#include <utility>

namespace ferry::cli {
namespace {

/// A loop of its own, which runs while somebody waits for an answer.
class remote_folders {
  public:
    explicit remote_folders(std::shared_ptr<const access_options> access)
        : access_(std::move(access)), world_(io_.get_executor()) {}

    result<folder_listing> list(const url& folder) {
        auto* const known = protocol_for(folder);
        if (!known) return unknown(folder);
        return wait_for(known->list_folder({folder, access_}));
    }
    result<void> check(const url& folder) { return world_.get().protocols.check(folder, *access_); }
    result<void> make(const url& folder, bool parents) {
        auto* const known = protocol_for(folder);
        if (!known) return unknown(folder);
        return wait_for(known->make_folder({folder, access_}, parents));
    }

  private:
    protocol* protocol_for(const url& folder) { return world_.get().protocols.find(folder.scheme); }
    static failure unknown(const url& folder) {
        return {errc::unsupported, "no protocol for " + folder.scheme + ":"};
    }

    template <class T>
    result<T> wait_for(awaitable<result<T>> asking) {
        std::optional<result<T>> outcome;
        asio::co_spawn(
            io_, caught(std::move(asking)),
            [&outcome](std::exception_ptr, result<T> answer) { outcome = std::move(answer); });
        io_.restart();
        io_.run();
        return *std::move(outcome);
    }

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

result<void> make_folders(const wanted_folders& folders, const folder_making& how) {
    if (const auto made = make_folders(folders.here); !made) return made;
    if (folders.there.empty()) return {};
    remote_folders servers(how.access);
    for (const auto& one : folders.there)
        if (auto good = servers.check(one); !good) return good;
    for (const auto& one : folders.there)
        if (auto made = servers.make(one, how.parents); !made) return made;
    return {};
}

}  // namespace ferry::cli
