#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/detail/held.hpp>

#include <sys/stat.h>

#include <string>
#include <utility>

namespace ferry::detail {

inline download_task::download_task(
    environment& with, asio::any_io_executor on, url from, std::filesystem::path to,
    transfer_options options, transfer_status& status)
    : with_(with),
      from_(std::move(from)),
      to_(to.is_absolute() ? to.string() : std::filesystem::absolute(to).string()),
      options_(std::move(options)),
      status_(status),
      file_(with, on, status, name_of_content(from_, options_.parts), options_),
      patience_(with, from_, options_, status) {
    status_.destination = to_;
    if (!options_.access) options_.access = std::make_shared<access_options>();
}

/// /dev/stdout and its like: a link to whatever the process has open, not to a file's place.
inline bool leads_into_proc(const std::string& path) {
    std::error_code none;
    return std::filesystem::read_symlink(path, none).string().starts_with("/proc/");
}

/// Looks at what stands at the destination's place already. Blocking.
inline result<bool> may_write(const std::string& to, existing_policy policy) {
    struct stat there {};
    if (name_of(to).empty())
        return failure{errc::bad_argument, to + " names no file", error_context::local_file};
    if (::stat(to.c_str(), &there) == 0) {
        if (S_ISDIR(there.st_mode)) return file_failure(EISDIR, "write " + to);
        if (!S_ISREG(there.st_mode) || leads_into_proc(to))
            return failure{
                errc::unsupported, to + " is no regular file", error_context::local_file};
    } else if (errno == ENAMETOOLONG) {
        return errno_failure("write", to);
    } else if (may_replace(policy) || ::lstat(to.c_str(), &there) != 0) {
        return true;
    }
    if (policy == existing_policy::fail)
        return failure{errc::exists, to, error_context::local_file};
    return may_replace(policy);
}

/// The regular file of that name, if there is one. Blocking.
inline std::optional<old_file> find_old_file(const std::string& path) {
    struct stat there {};
    if (::stat(path.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) return {};
    return old_file{static_cast<std::uint64_t>(there.st_size), to_time_point(there.st_mtim)};
}

/// By device and inode. Blocking.
inline bool is_same_file(const url& from, const std::string& to) {
    std::error_code none;
    const auto path = to_path(from);
    return path && std::filesystem::equivalent(*path, to, none);
}

/// Makes the folders that lead to a file. Blocking.
inline result<void> make_folders(const std::string& folder, std::optional<unsigned> umask) {
    const mode_t mode = 0777 & ~umask.value_or(0);
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return {};
    if (const auto above = folder_of(folder); above != folder)
        if (auto made = make_folders(above, umask); !made) return made;
    if (::mkdir(folder.c_str(), mode) != 0)
        return errno == EEXIST ? result<void>() : errno_failure("create folder", folder);
    struct stat made {};  // the process's umask may have taken more away
    if (umask && ::stat(folder.c_str(), &made) == 0)
        ::chmod(folder.c_str(), mode | (made.st_mode & S_ISGID));
    return {};
}

inline awaitable<result<void>> download_task::prepare() {
    const auto possible = with_.protocols.check(from_, *options_.access);
    if (!possible) co_return possible;
    if (options_.rights.any() && !tells_rights(from_))
        co_return failure{errc::unsupported, only_rights_of_files};
    auto work = [this]() -> result<void> {
        auto may = may_write(to_, options_.existing);
        if (!may) return may.error();
        status_.skipped = !*may;
        if (status_.skipped) return {};
        if (options_.existing == existing_policy::update) old_ = find_old_file(to_);
        if (is_same_file(from_, to_))
            return failure{
                errc::bad_argument, to_ + ": source and destination are the same file",
                error_context::local_file};
        if (options_.create_directories)
            if (auto made = make_folders(folder_of(to_), options_.umask); !made) return made;
        auto opened = file_.open(to_);
        in_memory_ = opened && lives_in_memory(file_.held().file.descriptor());
        return opened;
    };
    auto ready = co_await with_.disk.run_briefly(work);
    co_return ready;
}

inline awaitable<result<void>> download_task::run() {
    auto ready = co_await prepare();
    if (!ready || status_.skipped) co_return ready;
    auto fetched = co_await try_until_done();
    status_.skipped = !fetched && fetched.error().code == errc::unchanged;
    if (status_.skipped) co_return result<void>();
    if (!fetched) co_return fetched;
    auto verified = co_await verify();
    const bool blame_kept =
        !verified && verified.error().code == errc::checksum_mismatch && status_.bytes_resumed != 0;
    if (!blame_kept) co_return verified;
    kept_is_wrong_ = true;
    fetched = co_await try_until_done();
    if (!fetched) co_return fetched;
    verified = co_await verify();
    co_return verified;
}

inline awaitable<result<void>> download_task::try_until_done() {
    for (;;) {
        auto slot = co_await patience_.wait_for_host();
        if (!slot) co_return slot.error();
        auto outcome = co_await attempt(std::move(*slot));
        if (outcome) co_return outcome;
        auto kept = co_await file_.write_tail();
        if (!kept) co_return kept;
        if (begins_anew(outcome.error())) continue;
        if (!is_transient(outcome.error().code)) co_return outcome;
        auto waited = co_await patience_.wait_before_retry(outcome.error(), from_);
        if (!waited) co_return waited;
        file_.forget_failure();
    }
}

/// Another version, or ranges that are none: the next attempt asks in another way, at once.
inline bool download_task::begins_anew(const failure& why) {
    constexpr unsigned most = 8;
    if (why.code != errc::source_changed && why.code != errc::range_refused) return false;
    if (++restarts_ > most || replacements_ > most_replacements) return false;
    if (why.code == errc::range_refused) ask_whole_ = true;
    return true;
}

inline awaitable<result<void>> download_task::verify() {
    if (!options_.expected) co_return result<void>();
    enter(transfer_phase::verifying);
    auto written = co_await file_.write_tail();
    if (!written) co_return written;
    auto read = [this] {
        return checksum_of_file(file_.held().file.descriptor(), options_.expected->algorithm);
    };
    auto sum = co_await with_.disk.run(read);
    if (!sum) co_return sum.error();
    status_.checksum = to_string(*sum);
    if (*sum == *options_.expected) co_return result<void>();
    co_return failure{
        errc::checksum_mismatch,
        to_string(from_) + " is " + to_string(*sum) + ", not " + to_string(*options_.expected),
        error_context::remote_file};
}

inline publication download_task::whole_file() {
    auto& held = file_.held();
    publication file;
    file.descriptor = held.file.descriptor();
    file.size = *held.bytes.size;
    file.unwritten = std::move(held.tail);
    file.partial = held.file.paths().data;
    file.destination = to_;
    if (!held.durable.empty()) file.journal = held.file.paths().journal;
    if (options_.keep_mtime) file.modified = status_.object.modified;
    file.mode = status_.object.mode;
    file.rights = status_.object.rights;
    file.durable = options_.sync == sync_policy::automatic && !in_memory_;
    file.replace = may_replace(options_.existing);
    return file;
}

inline awaitable<result<void>> download_task::publish() {
    auto published = co_await with_.publishing.publish(whole_file());
    if (published) co_await file_.drop_previous();
    co_return published;
}

inline awaitable<result<void>> download_task::hold() {
    auto file = whole_file();
    if (file.mode) *file.mode |= S_IRUSR | S_IWUSR;  // as long as it is held, we have to open it
    const bool small = file.size < options_.journal_from && !boot_id().empty();
    const bool needs_journal =
        !small || options_.sync == sync_policy::never || file_.previous() || !file.journal.empty();
    const bool without_sync = options_.sync == sync_policy::never || !needs_journal;
    file.durable = file.durable && !without_sync;
    if (needs_journal) {
        file.journal = file_.held().file.paths().journal;
        file.proof = file_.final_record();
    }
    auto mark = co_await with_.publishing.hold(std::move(file));
    if (!mark) co_return mark.error();
    status_.mark = with_boot(*std::move(mark), without_sync ? boot_id() : std::string());
    auto replaced = co_await file_.replace_previous();
    co_return replaced;
}

inline awaitable<result<void>> download_task::finish(result<void> outcome) {
    if (status_.skipped) {
        co_await file_.discard();
        co_return outcome;
    }
    if (outcome) {
        enter(transfer_phase::publishing);
        co_await file_.settle();
        auto ending = options_.hold ? hold() : publish();
        outcome = co_await std::move(ending);
    }
    if (!outcome) {
        auto saved = co_await file_.save();
        static_cast<void>(saved);  // the first failure is the one to report
    }
    co_await file_.close();
    if (outcome) enter(transfer_phase::done);
    co_return outcome;
}

}  // namespace ferry::detail
