#pragma once

#include <ferry/detail/sync_files.hpp>
#include <ferry/job_json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <tuple>
#include <utility>

namespace ferry {
namespace detail {

inline constexpr off_t largest_job_file = 256 << 20;

inline std::string job_file_name(std::string_view id) { return std::string(id) + ".json"; }

/// Where the job at `position` of a group is written before it gets its name.
inline std::string job_temporary_name(const job& one, std::size_t position) {
    return job_file_name(one.id) + "." + std::to_string(position) + ".tmp";
}
inline bool is_job_temporary(std::string_view name) {
    constexpr std::size_t id_length = 36;
    return name.ends_with(".tmp") && is_job_id(name.substr(0, id_length));
}

inline failure bad_job_id(std::string_view id) {
    return {errc::bad_argument, "job id \"" + std::string(id) + "\"", error_context::local_file};
}

/// The folder and those that lead to it; a name is only there for good once its folder is synced.
inline result<void> make_job_folder(const std::string& folder) {
    const auto parent = folder_of(folder);
    if (::mkdir(folder.c_str(), S_IRWXU) == 0) return sync_folder(parent);
    if (errno == EEXIST) return {};
    if (errno != ENOENT || parent == folder) return errno_failure("create", folder);
    if (auto made = make_job_folder(parent); !made) return made;
    // once more, and not by a call of ourselves: a parent may exist and lead nowhere, as a link
    if (::mkdir(folder.c_str(), S_IRWXU) == 0) return sync_folder(parent);
    if (errno == EEXIST) return {};
    return errno_failure("create", folder);
}

}  // namespace detail

inline result<job_store> job_store::open(std::string folder) {
    if (!folder.starts_with('/'))
        return failure{errc::bad_argument, "job folder " + folder, error_context::local_file};
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    if (auto made = detail::make_job_folder(folder); !made) return made.error();
    detail::unique_fd opened(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about {};
    if (!opened || ::fstat(opened.get(), &about) != 0)
        return detail::errno_failure("open folder", folder);
    if (about.st_uid != ::geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return file_failure(EACCES, folder + " is not ours alone");
    return job_store(std::move(folder), std::move(opened));
}

inline result<stored_jobs> job_store::load() {
    auto all = names();
    if (!all) return all.error();
    stored_jobs found;
    for (const auto& name : *all) {
        if (detail::is_job_temporary(name)) ::unlinkat(opened_.get(), name.c_str(), 0);
        if (!name.ends_with(".json")) continue;
        if (!is_regular(name)) {
            found.rejects.push_back({path_of(name), file_failure(EINVAL, "no regular file")});
            continue;
        }
        auto one = read(name);
        if (one)
            found.jobs.push_back(*std::move(one));
        else if (detail::is_shortage(one.error().code))
            return one.error();
        else
            found.rejects.push_back(set_aside(name, std::move(one.error())));
    }
    std::sort(found.jobs.begin(), found.jobs.end(), [](const job& a, const job& b) {
        return std::tie(a.order, a.id) < std::tie(b.order, b.id);
    });
    return found;
}

/// All of them before any is renamed, which could show a file twice.
inline result<std::vector<std::string>> job_store::names() const {
    std::vector<std::string> all;
    std::error_code error;
    std::filesystem::directory_iterator at(folder_, error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error))
        all.push_back(at->path().filename().string());
    if (error) return failure{error, "list " + folder_, error_context::local_file};
    return all;
}

inline bool job_store::is_regular(const std::string& name) const {
    struct stat about {};
    return ::fstatat(opened_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(about.st_mode);
}

inline result<job> job_store::read(const std::string& name) const {
    const detail::unique_fd file(
        ::openat(opened_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0)
        return detail::errno_failure("open", path_of(name));
    if (!S_ISREG(about.st_mode) || about.st_size > detail::largest_job_file)
        return detail::bad_job("too large, or no file");
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    const auto n = detail::read_fully(file.get(), std::as_writable_bytes(std::span(text)), 0);
    if (n < 0) return detail::errno_failure("read", path_of(name));
    auto one = parse_job(std::string_view(text).substr(0, static_cast<std::size_t>(n)));
    if (one && detail::job_file_name(one->id) != name)
        return detail::bad_job("it is " + one->id + ", and not what its name says");
    return one;
}

inline stored_jobs::reject job_store::set_aside(const std::string& name, failure why) const {
    const auto taken = [&](const std::string& other) {
        struct stat about {};
        return ::fstatat(opened_.get(), other.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
    };
    auto bad = name + ".bad";
    for (int n = 2; taken(bad); ++n) bad = name + ".bad." + std::to_string(n);
    const bool moved = ::renameat(opened_.get(), name.c_str(), opened_.get(), bad.c_str()) == 0;
    return {path_of(moved ? bad : name), std::move(why)};
}

inline result<void> job_store::commit(std::span<const job> jobs) {
    std::vector<const job*> each;
    for (const auto& one : jobs) each.push_back(&one);
    return commit(each);
}

inline result<void> job_store::commit(std::span<const job* const> jobs) {
    for (const auto* one : jobs)
        if (!is_job_id(one->id)) return detail::bad_job_id(one->id);
    if (jobs.empty()) return {};
    auto outcome = write_temporaries(jobs);
    if (outcome) outcome = rename_temporaries(jobs);
    if (outcome) return sync();
    for (std::size_t i = 0; i < jobs.size(); ++i)
        ::unlinkat(opened_.get(), detail::job_temporary_name(*jobs[i], i).c_str(), 0);
    return outcome;
}

inline result<void> job_store::write_temporaries(std::span<const job* const> jobs) const {
    const bool together = jobs.size() >= detail::worth_syncfs;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto name = detail::job_temporary_name(*jobs[i], i);
        if (auto written = write(name, *jobs[i], !together); !written) return written;
    }
    if (together && ::syncfs(opened_.get()) != 0) return detail::errno_failure("sync", folder_);
    return {};
}

inline result<void> job_store::write(const std::string& name, const job& one, bool durable) const {
    const auto text = to_json(one);
    if (text.size() > static_cast<std::size_t>(detail::largest_job_file))
        return file_failure(EFBIG, "write " + path_of(name));
    ::unlinkat(opened_.get(), name.c_str(), 0);  // of a commit that was killed
    const detail::unique_fd file(::openat(
        opened_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        S_IRUSR | S_IWUSR));
    const bool written = file && detail::write_all(file.get(), std::as_bytes(std::span(text)), 0) &&
                         (!durable || ::fdatasync(file.get()) == 0);
    if (!written) return detail::errno_failure("write", path_of(name));
    return {};
}

inline result<void> job_store::rename_temporaries(std::span<const job* const> jobs) const {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto from = detail::job_temporary_name(*jobs[i], i);
        const auto to = detail::job_file_name(jobs[i]->id);
        if (::renameat(opened_.get(), from.c_str(), opened_.get(), to.c_str()) != 0)
            return detail::errno_failure("replace", path_of(to));
    }
    return {};
}

inline result<void> job_store::remove(std::string_view id) {
    const std::string one(id);
    return remove(std::span(&one, 1));
}

inline result<void> job_store::remove(std::span<const std::string> ids) {
    result<void> outcome;
    for (const auto& id : ids) {
        auto removed = unlink(id);
        if (outcome) outcome = std::move(removed);
    }
    const auto synced = sync();  // also if none is there: an earlier call may have failed just here
    return outcome ? synced : outcome;
}

inline result<void> job_store::unlink(const std::string& id) const {
    if (!is_job_id(id)) return detail::bad_job_id(id);
    const auto name = detail::job_file_name(id);
    if (::unlinkat(opened_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return detail::errno_failure("remove", path_of(name));
    return {};
}

inline result<void> job_store::sync() const {
    if (::fsync(opened_.get()) != 0) return detail::errno_failure("sync folder", folder_);
    return {};
}

}  // namespace ferry
