#include "cli/sources/local_folders.hpp"

#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

result<void> check_one(const fs::path& folder) {
    struct stat there {};
    if (::lstat(folder.c_str(), &there) != 0 || S_ISDIR(there.st_mode)) return {};
    const auto name = printable(folder.native());
    if (S_ISLNK(there.st_mode))
        return wrong(name + ": a link, which could lead anywhere (remove it)");
    return wrong(name + ": in the way of a folder (remove it)");
}

/// Whatever the umask; but what a folder has of the one that it lies in, stays.
bool set_mode(const fs::path& folder, mode_t mode) {
    const detail::unique_fd opened(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about {};
    return opened && ::fstat(opened.get(), &about) == 0 &&
           ::fchmod(opened.get(), mode | (about.st_mode & S_ISGID)) == 0;
}

}  // namespace

result<void> check_inside(const fs::path& folder, const fs::path& below) {
    auto place = folder;
    for (const auto& name : below)
        if (const auto good = check_one(place /= name); !good) return good;
    return {};
}

result<void> make_folders(const std::vector<local_folder>& folders) {
    for (const auto& [path, mode] : folders) {
        if (const auto good = check_one(path); !good) return good;
        std::error_code unknown;
        if (!fs::exists(path.parent_path(), unknown))
            fs::create_directories(path.parent_path(), unknown);
        const mode_t wanted = mode ? *mode | S_IRWXU : 0777;
        const bool made = ::mkdir(path.c_str(), wanted) == 0;
        if (!made && errno == EEXIST) continue;
        if (!made || (mode && !set_mode(path, wanted)))
            return detail::errno_failure("make the folder", path.native());
    }
    return {};
}

}  // namespace ferry::cli
