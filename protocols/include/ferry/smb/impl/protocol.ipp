#pragma once

#include <ferry/smb/source.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace ferry::smb {
namespace detail {

/// Where the name of the new file goes.
inline upload::names names_of(const place& where, const upload_request& what) {
    upload::names names;
    const bool into = where.folder || where.path.empty();
    const auto slash = where.path.rfind('/');
    const auto own = slash == std::string::npos ? 0 : slash + 1;
    names.folder = where.path.substr(0, own);
    if (into && !where.path.empty()) names.folder = where.path + "/";
    names.file = into ? what.name : where.path.substr(own);
    names.partial = what.token.empty() ? partial_name(names.file, what) : what.token;
    return names;
}

inline result<void> check_names(const upload::names& names, const upload_request& what) {
    const auto& file = names.file;
    if (file.empty()) return bad_place(what.what, "no name for the file");
    if (const auto trouble = name_trouble(file); !trouble.empty())
        return bad_place(what.what, trouble);
    if (!is_partial_of(names.partial, file))
        return remote_failure(
            errc::session_lost, to_string(what.what) + ": another upload's token");
    return {};
}

/// Is what is there what would be sent? To the microsecond, as finish() sets it.
inline bool is_as_asked(const file_facts& there, const upload_request& what) {
    using std::chrono::microseconds;
    const auto has = describe_file(there, {}).modified;
    return what.unless_modified && there.size == what.size &&
           std::chrono::floor<microseconds>(*has) ==
               std::chrono::floor<microseconds>(*what.unless_modified);
}

/// How long the server may take for one step of a transfer, which usually takes up to two seconds.
inline std::chrono::milliseconds longest_step(const upload_request& what) {
    constexpr std::chrono::milliseconds least(3000);
    if (what.low_speed_limit == 0) return what.stall_timeout;
    return std::min(what.stall_timeout, std::max(what.low_speed_time, least));
}

/// All of the folders above `path`, the outermost first.
inline std::vector<std::string> folders_above(const std::string& path) {
    std::vector<std::string> all;
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        all.push_back(path.substr(0, slash));
    return all;
}

/// @param missing  Of the share: a folder that was not to be made, or could not be.
inline failure no_folder(const place& where, std::string missing, bool tried) {
    if (missing.ends_with('/')) missing.pop_back();
    const auto hint = tried ? " (it cannot be made)" : " (--create-dirs makes it)";
    return remote_failure(
        errc::not_found, "on the share " + where.share + ", there is no folder " + missing + hint);
}

/// libsmbclient asks for rights there, whatever the URL says: it would log in to another server.
inline constexpr std::uint16_t usual_port = 445;

/// Nobody is there any more: what a connection that was idle for a while may turn out to be.
inline bool is_gone(const failure& why) { return why.context == error_context::transport; }

}  // namespace detail

inline std::filesystem::path protocol::default_helper() {
    std::error_code unknown;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
    for (const auto& place : {here / "ferry-smb", here / "../libexec/ferry-smb"})
        if (::access(place.c_str(), X_OK) == 0) return place;
#ifdef FERRY_SMB_HELPER
    return FERRY_SMB_HELPER;
#else
    return here / "ferry-smb";
#endif
}

inline result<void> protocol::check(const url& what, const access_options& access) const {
    const auto where = place_of(what);
    if (!where) return where.error();
    const auto who = login_for(*where, access);
    // A password that is missing here may be there when it is needed: jobs keep theirs apart.
    if (!who && who.error().code != errc::unauthorized) return who.error();
    const auto& program = helpers_.program();
    if (::access(program.c_str(), X_OK) == 0) return {};
    return detail::helper_failure(ENOENT, program);
}

inline awaitable<result<protocol::visit>> protocol::enter(
    place where, std::shared_ptr<const access_options> access, bool anew) {
    auto who = login_for(where, *access);
    if (!who) co_return who.error();
    route to;
    to.host = where.host;
    to.port = where.port;
    to.share = where.share;
    to.who = *std::move(who);
    to.encrypt = access->encrypt;
    if (!anew) {
        auto idle = co_await idle_.take_soon(to);
        if (!idle) co_return idle.error();
        if (*idle) {
            (*idle)->wait_at_most(access->reply_timeout);
            co_return visit{lease(idle_, *std::move(idle)), true};
        }
    }
    auto process = helpers_.start(on_);
    if (!process) co_return process.error();
    lease wire(
        idle_, std::make_unique<connection>(time_, *std::move(process), std::move(to), known_));
    wire->wait_at_most(access->reply_timeout);
    const pool::connecting under_way(idle_);
    auto connected = co_await wire->connect(access->connect_timeout);
    if (!connected && connected.error().code == errc::timed_out) helpers_.drop();
    if (!connected) co_return connected.error();
    co_return visit{std::move(wire), false};
}

inline awaitable<result<std::unique_ptr<ferry::source>>> protocol::open(open_request what) {
    auto where = file_place_of(what.what);
    if (!where) co_return where.error();
    if (what.rights.any() && where->port != 0 && where->port != detail::usual_port)
        co_return failure{
            errc::unsupported,
            to_string(what.what) +
                ": who may do what, is told at port 445 only (leave out --acl-flags)"};
    for (bool anew = false;; anew = true) {
        auto entered = co_await enter(*where, what.access, anew);
        if (!entered) co_return entered.error();
        const bool from_start = !what.ranged || what.range.first == 0;
        const auto at_once = from_start ? detail::small_step : 0;
        auto file = co_await open_by(entered->wire, where->path, at_once, what.rights);
        if (file)
            co_return std::make_unique<source>(std::move(entered->wire), what, where->path, *file);
        if (!entered->used_before || !detail::is_gone(file.error())) co_return file.error();
    }
}

inline awaitable<result<opened>> protocol::open_by(
    lease& wire, std::string path, std::size_t at_once, rights_wanted wanted) {
    auto file = co_await wire->open_to_read(path, at_once);
    if (!file || !wanted.any()) co_return file;
    auto rights = co_await wire->rights(std::move(path), wanted);
    if (!rights) co_return rights.error();
    file->rights = *std::move(rights);
    co_return file;
}

inline awaitable<result<folder_listing>> protocol::list_folder(folder_request what) {
    auto where = place_of(what.what);
    if (!where) co_return where.error();
    for (bool anew = false;; anew = true) {
        auto entered = co_await enter(*where, what.access, anew);
        if (!entered) co_return entered.error();
        auto entries = co_await entered->wire->list(where->path);
        if (entries || !entered->used_before || !detail::is_gone(entries.error()))
            co_return entries;
    }
}

inline awaitable<result<void>> protocol::make_folder(folder_request what, bool parents) {
    auto where = place_of(what.what);
    if (!where) co_return where.error();
    if (where->path.empty()) co_return result<void>();  // a share is there, or nobody makes it
    for (bool anew = false;; anew = true) {
        auto entered = co_await enter(*where, what.access, anew);
        if (!entered) co_return entered.error();
        auto made = co_await make_by(std::move(entered->wire), *where, parents);
        if (made || !entered->used_before || !detail::is_gone(made.error())) co_return made;
    }
}

/// Whatever a server answers to a name that is taken: a folder is all that is wanted.
inline awaitable<result<void>> protocol::make_by(lease wire, place where, bool parents) {
    if (parents) co_await make_all(wire, detail::folders_above(where.path));
    auto made = co_await wire->change(detail::operation::make, where.path);
    if (made || detail::is_gone(made.error())) co_return made;
    const auto there = co_await wire->look(where.path);
    if (!there && detail::is_gone(there.error())) co_return there.error();
    const auto slash = where.path.rfind('/');
    if (!there && made.error().code == errc::not_found && slash != std::string::npos)
        co_return detail::no_folder(where, where.path.substr(0, slash), parents);
    if (!there) co_return made;
    if (S_ISDIR(there->mode)) co_return result<void>();
    co_return detail::remote_failure(
        errc::exists, "on the share " + where.share + ", " + where.path +
                          " is a file, where a folder is to be (remove it)");
}

/// What is not there then, whoever needs it will tell.
inline awaitable<void> protocol::make_all(lease& by, std::vector<std::string> folders) {
    for (const auto& folder : folders) {
        const auto made = co_await by->change(detail::operation::make, folder);
        static_cast<void>(made);
    }
}

inline awaitable<result<std::unique_ptr<upload_session>>> protocol::begin_upload(
    upload_request what) {
    auto where = place_of(what.what);
    if (!where) co_return where.error();
    for (bool anew = false;; anew = true) {
        auto entered = co_await enter(*where, what.access, anew);
        if (!entered) co_return entered.error();
        const bool used_before = entered->used_before;
        auto begun = co_await begin_by(std::move(entered->wire), *where, what);
        if (begun || !used_before || !detail::is_gone(begun.error())) co_return begun;
    }
}

inline awaitable<result<std::unique_ptr<upload_session>>> protocol::begin_by(
    lease wire, place where, upload_request what) {
    auto names = detail::names_of(where, what);
    if (auto good = detail::check_names(names, what); !good) co_return good.error();
    wire->wait_at_most(detail::longest_step(what));
    const auto file = names.folder + names.file;
    const auto there = co_await wire->look(file);
    if (!there && there.error().code != errc::not_found) co_return there.error();
    if (there && S_ISDIR(there->mode))
        co_return detail::remote_failure(
            errc::unsupported,
            "on the share " + where.share + ", " + file + " is a folder, not a file");
    if (there && detail::is_as_asked(*there, what))
        co_return detail::remote_failure(errc::unchanged, to_string(what.what));
    if (there && !what.replace)
        co_return detail::remote_failure(errc::exists, to_string(what.what));
    if (what.make_folders && what.token.empty())
        co_await make_all(wire, detail::folders_above(file));
    const bool resumed = !what.token.empty();
    auto opening = resumed ? wire->open(detail::operation::reopen, names.folder + names.partial)
                           : create_partial(wire, names);
    const auto facts = co_await std::move(opening);
    if (!facts && resumed && facts.error().code == errc::not_found)
        co_return detail::remote_failure(
            errc::session_lost, to_string(what.what) + ": the partial is gone");
    if (!facts && facts.error().code == errc::not_found && !names.folder.empty())
        co_return detail::no_folder(where, names.folder, what.make_folders);
    if (!facts) co_return facts.error();
    if (facts->size > what.size)
        co_return detail::remote_failure(
            errc::session_lost, to_string(what.what) + ": the partial is longer than the file");
    co_return std::make_unique<upload>(
        std::move(wire), std::move(names), std::move(what), facts->size);
}

/// One that an earlier run has left, and nobody remembers, gives way; if somebody has it open, the
/// new one gets another name.
inline awaitable<result<detail::file_facts>> protocol::create_partial(
    lease& wire, upload::names& names) {
    const auto partial = names.folder + names.partial;
    auto facts = co_await wire->open(detail::operation::create, partial);
    if (facts || facts.error().code != errc::exists) co_return facts;
    const auto removed = co_await wire->change(detail::operation::remove, partial);
    if (removed) facts = co_await wire->open(detail::operation::create, partial);
    if (facts) co_return facts;
    names.partial = partial_name(names.file);
    facts = co_await wire->open(detail::operation::create, names.folder + names.partial);
    co_return facts;
}

}  // namespace ferry::smb
