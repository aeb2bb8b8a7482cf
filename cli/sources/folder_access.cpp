#include "cli/sources/folder_access.hpp"

#include "cli/text/console.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/world.hpp"

#include <ferry/environment.hpp>
#include <ferry/local/detail/folder.hpp>

#include <asio/co_spawn.hpp>

#include <optional>
#include <thread>
#include <utility>

namespace ferry::cli {
namespace {

/// Its loop runs while somebody waits for an answer.
class remote_folders {
  public:
    explicit remote_folders(folder_asking how) : how_(std::move(how)) {
        if (!how_.loop) how_.loop = std::make_shared<world_loop>();
    }

    result<folder_listing> list(const url& folder) {
        auto* const known = protocol_for(folder);
        if (!known) return unknown(folder);
        return patiently<folder_listing>([&] { return known->list_folder({folder, how_.access}); });
    }
    result<void> check(const url& folder) { return with().protocols.check(folder, *how_.access); }
    result<void> make(const url& folder, bool parents) {
        auto* const known = protocol_for(folder);
        if (!known) return unknown(folder);
        return patiently<void>([&] { return known->make_folder({folder, how_.access}, parents); });
    }

  private:
    environment& with() noexcept { return how_.loop->all.get(); }
    protocol* protocol_for(const url& folder) { return with().protocols.find(folder.scheme); }
    static failure unknown(const url& folder) {
        return {errc::unsupported, "no protocol for " + folder.scheme + ":"};
    }

    /// Asks again as long as that may help and `how_` has patience.
    template <class T, class Ask>
    result<T> patiently(Ask ask) {
        auto& time = with().time;
        const auto began = time.now();
        for (unsigned failures = 1;; ++failures) {
            auto got = wait_for(ask());
            if (got || !is_transient(got.error().code)) return got;
            const auto& why = got.error();
            const auto since =
                std::chrono::duration_cast<std::chrono::milliseconds>(time.now() - began);
            const auto wait =
                next_wait(how_.retry, failures, since, why.retry_after, with().random());
            if (!wait) return got;
            if (!how_.quiet)
                complain(printable(describe(why)) + "; trying again in " + format_duration(*wait));
            std::this_thread::sleep_for(*wait);
        }
    }

    template <class T>
    result<T> wait_for(awaitable<result<T>> asking) {
        std::optional<result<T>> outcome;
        auto& io = how_.loop->io;
        asio::co_spawn(
            io, caught(std::move(asking)),
            [&outcome](std::exception_ptr, result<T> answer) { outcome = std::move(answer); });
        io.restart();
        io.run();
        return *std::move(outcome);
    }

    folder_asking how_;
};

}  // namespace

result<folder_listing> list_local_folder(const url& folder) {
    if (folder.scheme != "file")
        return failure{errc::unsupported, "nobody can look into folders of " + folder.scheme};
    const auto path = to_path(folder);
    if (!path) return path.error();
    return local::detail::read_folder(*path);
}

folder_lister lister_with(folder_asking how) {
    if (!how.access) return list_local_folder;
    auto remote = std::make_shared<std::unique_ptr<remote_folders>>();
    return [how = std::move(how), remote](const url& folder) -> result<folder_listing> {
        if (folder.scheme == "file") return list_local_folder(folder);
        if (!*remote) *remote = std::make_unique<remote_folders>(how);
        return (*remote)->list(folder);
    };
}

result<std::vector<failure>> make_folders(const wanted_folders& folders, const folder_making& how) {
    std::vector<failure> missing;
    if (const auto made = make_folders(folders.here); !made) return made.error();
    if (folders.there.empty()) return missing;
    remote_folders servers(how.asking);
    for (const auto& one : folders.there)
        if (auto good = servers.check(one.where); !good) return good.error();
    for (const auto& one : folders.there) {
        auto made = servers.make(one.where, how.parents);
        if (made) continue;
        if (made.error().code != errc::unsupported) return made.error();
        if (one.empty) missing.push_back(std::move(made.error()));
    }
    return missing;
}

}  // namespace ferry::cli
