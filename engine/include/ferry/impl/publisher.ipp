#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/detail/held.hpp>
#include <ferry/detail/sync_files.hpp>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

namespace ferry {
namespace detail {

/// Brings the partial to its full size: the last bytes, or the hole that a sparse file ends with.
inline result<void> complete(const publication& file) {
    const auto offset = file.size - file.unwritten.size();
    if (!write_all(file.descriptor, file.unwritten, offset))
        return errno_failure("write", file.partial);
    if (offset == 0 && file.size != 0) return {};  // all of it at once, into an empty file
    struct stat about {};
    if (::fstat(file.descriptor, &about) != 0) return errno_failure("stat", file.partial);
    const bool right = static_cast<std::uint64_t>(about.st_size) == file.size;
    if (!right && ::ftruncate(file.descriptor, static_cast<off_t>(file.size)) != 0)
        return errno_failure("set size of", file.partial);
    return {};
}

inline result<void> set_mtime(const publication& file) {
    if (!file.modified) return {};
    const auto since = file.modified->time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
    const timespec times[2] = {{0, UTIME_OMIT}, {seconds.count(), rest.count()}};
    if (::futimens(file.descriptor, times) != 0) return errno_failure("set time", file.partial);
    return {};
}

/// What the folder had for its new files goes, too.
inline result<void> set_acl(const publication& file) {
    if (!file.rights || !file.rights->acl) return {};
    const auto& acl = file.rights->acl;
    constexpr const char* name = "system.posix_acl_access";
    const int failed = acl->empty()
                           ? ::fremovexattr(file.descriptor, name)
                           : ::fsetxattr(file.descriptor, name, acl->data(), acl->size(), 0);
    if (failed == 0 || (acl->empty() && (errno == ENODATA || errno == EOPNOTSUPP))) return {};
    return errno_failure("set the ACL of", file.partial);
}

inline result<void> set_attributes(const publication& file) {
    if (!file.rights) return {};
    for (const auto& [name, value] : file.rights->attributes)
        if (::fsetxattr(file.descriptor, name.c_str(), value.data(), value.size(), 0) != 0)
            return errno_failure("(--acl-flags) set the attribute " + name + " of", file.partial);
    return {};
}

/// Some file systems have none, and refuse.
inline result<void> set_mode(const publication& file) {
    if (!file.mode || ::fchmod(file.descriptor, *file.mode) == 0) return {};
    if (errno == EPERM || errno == EOPNOTSUPP) return {};
    return errno_failure("set permissions of", file.partial);
}

inline result<void> rename(const publication& file) {
    const auto* from = file.partial.c_str();
    const auto* to = file.destination.c_str();
    const unsigned flags = file.replace ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) != 0) {
        const bool plain = file.replace || (errno != EINVAL && errno != ENOSYS);
        if (errno == EEXIST && !file.replace)
            return failure{errc::exists, file.destination, error_context::local_file};
        // a file system without the flag: a link never replaces, and is as atomic
        if (plain || ::link(from, to) != 0) return errno_failure("rename to", file.destination);
        ::unlink(from);
    }
    return {};
}

/// A partial is ours as long as it is one: others could change what was verified, and we could not
/// go on with it. So its owner comes with the name, and goes if there is none in the end.
inline result<void> rename_for_owner(const publication& file) {
    const auto same = ~0U;
    const auto owner = file.rights->owner.value_or(same);
    const auto group = file.rights->group.value_or(same);
    unique_fd opened;
    const bool held =
        file.descriptor < 0;  // nobody locks it: is it still the one that was verified?
    if (held)
        opened =
            unique_fd(::open(file.partial.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const int descriptor = held ? opened.get() : file.descriptor;
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return errno_failure("open", file.partial);
    if (held && mark_of(about) != file.mark) return file_failure(ESTALE, file.partial);
    if (::fchown(descriptor, owner, group) != 0)
        return errno_failure(
            "(--acl-flags: only root gives files away) set owner and group of", file.partial);
    auto named = rename(file);
    if (!named && ::fchown(descriptor, about.st_uid, about.st_gid) != 0)
        return errno_failure("take back", file.partial);
    return named;
}

inline result<void> give_name(const publication& file) {
    const bool to_others = file.rights && (file.rights->owner || file.rights->group);
    auto named = to_others ? rename_for_owner(file) : rename(file);
    if (named && !file.journal.empty()) unlink_if_there(file.journal);
    return named;
}

}  // namespace detail

inline awaitable<result<void>> publisher::publish(publication file) {
    entry mine{std::move(file), false};
    auto done = co_await commit_with_others(std::move(mine));
    co_return std::move(done.outcome);
}

inline awaitable<std::vector<result<void>>> publisher::publish(std::vector<publication> files) {
    const auto mine = std::make_shared<request>(on_);
    mine->files.reserve(files.size());
    for (auto& one : files) mine->files.push_back({std::move(one), false});
    co_await commit_with_others(mine);
    std::vector<result<void>> outcomes;
    outcomes.reserve(mine->files.size());
    for (auto& one : mine->files) outcomes.push_back(std::move(one.outcome));
    co_return outcomes;
}

inline awaitable<result<std::string>> publisher::hold(publication file) {
    entry mine{std::move(file), true};
    auto done = co_await commit_with_others(std::move(mine));
    if (!done.outcome) co_return done.outcome.error();
    co_return std::move(done.file.mark);
}

inline awaitable<publisher::entry> publisher::commit_with_others(entry mine) {
    const auto alone = std::make_shared<request>(on_);
    alone->files.push_back(std::move(mine));
    co_await commit_with_others(alone);
    co_return std::move(alone->files.front());
}

inline awaitable<void> publisher::commit_with_others(std::shared_ptr<request> mine) {
    waiting_.push_back(mine);
    while (busy_ && !mine->done) co_await mine->called.wait();
    if (mine->done) co_return;
    busy_ = true;  // whoever finds nobody at work commits for all who wait
    const auto requests = std::exchange(waiting_, {});
    group files;
    for (const auto& some : requests)
        for (auto& one : some->files) files.push_back(&one);
    auto work = [&files] {
        commit(files);
        return true;
    };
    const bool durable =
        std::any_of(files.begin(), files.end(), [](const auto* one) { return one->file.durable; });
    if (durable)
        co_await disk_.run(work);
    else
        co_await disk_.run_briefly(work);
    busy_ = false;
    for (const auto& some : requests) {
        some->done = true;
        some->called.notify();
    }
    if (!waiting_.empty()) waiting_.front()->called.notify();
}

/// Names come last: neither a file nor the proof of a held one may be seen before the disk has it.
inline void publisher::commit(const group& files) {
    for (auto* one : files) prepare(*one);
    // by folder: what lies in one is on one file system, and the folder itself is synced once
    std::map<std::string, group> folders;
    for (auto* one : files)
        if (one->outcome && one->file.durable)
            folders[detail::folder_of(one->file.destination)].push_back(one);
    std::set<std::string> changed;
    for (auto& [folder, members] : folders) {
        const bool has_all = sync_data(members);
        const bool names = std::any_of(
            members.begin(), members.end(), [](const auto* one) { return one->gets_name(); });
        if (!has_all || names) changed.insert(folder);
    }
    for (auto* one : files) {
        if (one->outcome) one->outcome = give_name(*one);
        one->proof.reset();
    }
    for (const auto& folder : changed) sync_folder(folder, folders[folder]);
}

inline void publisher::sync_folder(const std::string& folder, const group& files) {
    const auto synced = detail::sync_folder(folder);
    if (synced) return;
    for (auto* one : files)
        if (one->outcome) one->outcome = synced;
}

/// Writes all there is to write.
inline void publisher::prepare(entry& one) {
    auto& file = one.file;
    if (one.held_before()) return;
    one.outcome = detail::complete(file);
    if (one.outcome) one.outcome = detail::set_mtime(file);
    if (one.outcome) one.outcome = detail::set_attributes(file);  // as long as we may write
    if (one.outcome) one.outcome = detail::set_acl(file);
    if (one.outcome) one.outcome = detail::set_mode(file);
    if (one.outcome && one.to_hold) prepare_to_hold(one);
}

inline void publisher::prepare_to_hold(entry& one) {
    auto& file = one.file;
    struct stat about {};
    if (::fstat(file.descriptor, &about) != 0) {
        one.outcome = detail::errno_failure("stat", file.partial);
        return;
    }
    file.mark = detail::mark_of(about);
    if (!file.proof) return;
    auto written = journal_draft::write(file.journal, *file.proof);
    if (written)
        one.proof.emplace(*std::move(written));
    else
        one.outcome = written.error();
}

/// Says whether the disk has also the names that the folder holds so far.
inline bool publisher::sync_data(const group& files) {
    group fresh;
    std::copy_if(files.begin(), files.end(), std::back_inserter(fresh), [](const auto* one) {
        return !one->held_before();
    });
    if (fresh.size() >= detail::worth_syncfs && ::syncfs(fresh.front()->file.descriptor) == 0)
        return true;
    for (auto* one : fresh) {
        if (::fdatasync(one->file.descriptor) != 0)
            one->outcome = detail::errno_failure("sync", one->file.partial);
        else if (one->proof)
            one->outcome = one->proof->sync();
    }
    return false;
}

inline result<void> publisher::give_name(entry& one) {
    if (one.proof) return one.proof->give_name();
    if (one.to_hold) return {};
    if (one.held_before())  // nobody locks it: looked at as late as can be
        if (auto same = detail::check_mark(one.file.partial, one.file.mark); !same) return same;
    return detail::give_name(one.file);
}

}  // namespace ferry
