#include "cli/control/home.hpp"

#include <ferry/upload_options.hpp>

#include <ferry/detail/file.hpp>

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace ferry::cli {
namespace {

std::string variable(const char* name) {
    const auto value = std::getenv(name);
    return value ? value : "";
}

/// Absolute, without "." and "..", and without a slash at the end.
result<std::string> absolute(const std::string& path) {
    std::error_code error;
    auto whole = std::filesystem::absolute(path, error).lexically_normal().native();
    if (error) return failure{errc::bad_argument, path + ": " + error.message()};
    while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
    return whole;
}

/// The folder that a variable of XDG names, else one in the user's home; empty: neither is there.
/// A relative path is invalid and to be ignored (XDG Base Directory Specification, 2).
std::string xdg_folder(const char* name, const std::string& in_home) {
    if (const auto given = variable(name); given.starts_with('/')) return given;
    const auto user = variable("HOME");
    return user.starts_with('/') ? user + in_home : "";
}

/// What the login made for this user; empty: nothing.
std::string runtime_folder() {
    if (const auto given = variable("XDG_RUNTIME_DIR"); given.starts_with('/')) return given;
    const auto usual = "/run/user/" + std::to_string(::geteuid());
    struct stat about {};
    const bool ours = ::stat(usual.c_str(), &about) == 0 && about.st_uid == ::geteuid();
    return ours ? usual : "";
}

result<home> own_home(const std::string& given) {
    auto base = absolute(given);
    if (!base) return base.error();
    if (*base == "/") return failure{errc::bad_argument, "FERRY_HOME: not a folder of its own"};
    return home{*base + "/state", *base + "/run", *base + "/config.json"};
}

result<home> xdg_home() {
    const auto state = xdg_folder("XDG_STATE_HOME", "/.local/state");
    const auto config = xdg_folder("XDG_CONFIG_HOME", "/.config");
    if (state.empty() || config.empty())
        return failure{errc::bad_argument, "HOME is not set (set it, or FERRY_HOME)"};
    const auto runtime = runtime_folder();
    home found{state + "/ferry", runtime + "/ferry", config + "/ferry/config.json"};
    if (runtime.empty()) found.run = found.state + "/run";
    return found;
}

result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
    if (errno != ENOENT) return detail::errno_failure("create", path);
    if (auto parent = make_folder(detail::folder_of(path)); !parent) return parent;
    if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
    return detail::errno_failure("create", path);
}

result<void> check_folder(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return detail::errno_failure("look at", path);
    if (!S_ISDIR(about.st_mode)) return file_failure(ENOTDIR, path);
    if (about.st_uid != ::geteuid()) return file_failure(EACCES, path + " is another user's");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return file_failure(EACCES, path + " can be written to by others");
    return {};
}

}  // namespace

std::string home::uploads() const { return upload_journals_in(jobs()); }

result<home> find_home() {
    const auto given = variable("FERRY_HOME");
    auto found = given.empty() ? xdg_home() : own_home(given);
    if (!found) return found;
    constexpr auto longest = sizeof(sockaddr_un::sun_path) - 1;
    if (const auto socket = found->socket(); socket.size() > longest)
        return failure{
            errc::bad_argument, socket + ": too long a name for a socket, which has at most " +
                                    std::to_string(longest) +
                                    " bytes (FERRY_HOME or XDG_RUNTIME_DIR chooses a shorter one)"};
    return found;
}

result<void> make_folders(const home& where) {
    for (const auto& folder : {where.state, where.run}) {
        if (auto made = make_folder(folder); !made) return made;
        if (auto good = check_folder(folder); !good) return good;
    }
    return {};
}

}  // namespace ferry::cli
