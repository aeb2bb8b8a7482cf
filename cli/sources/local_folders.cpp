#include "cli/sources/local_folders.hpp"

#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
    return file_failure(ENOTDIR, "make the folder " + name + " (remove what is in the way)");
}

/// While files come into it.
mode_t open_mode(unsigned mode) { return mode | S_IRWXU; }

/// In the end. We can always look into it: the next run has to.
mode_t final_mode(unsigned mode) { return mode | S_IRUSR | S_IXUSR; }

/// Whatever the umask; but what a folder has of the one that it lies in, stays.
bool set_mode(const fs::path& folder, mode_t mode) {
    const detail::unique_fd opened(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about {};
    return opened && ::fstat(opened.get(), &about) == 0 &&
           ::fchmod(opened.get(), mode | (about.st_mode & S_ISGID)) == 0;
}

/// Of a folder that is ours and has the permissions `from`, which we have given it, now or in an
/// earlier run. Another stays as it is.
void change_mode(const fs::path& folder, mode_t from, mode_t to) {
    struct stat about {};
    const bool given = ::lstat(folder.c_str(), &about) == 0 && about.st_uid == ::geteuid() &&
                       (about.st_mode & ACCESSPERMS) == from;
    if (given && from != to) set_mode(folder, to);
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
        const mode_t wanted = open_mode(mode.value_or(0777));
        const bool made = ::mkdir(path.c_str(), wanted) == 0;
        if (!made && errno == EEXIST) {
            if (mode) change_mode(path, final_mode(*mode), wanted);
            continue;
        }
        if (!made || (mode && !set_mode(path, wanted)))
            return detail::errno_failure("make the folder", path.native());
    }
    return {};
}

void close_folders(const std::vector<local_folder>& folders) {
    for (auto one = folders.rbegin(); one != folders.rend(); ++one)
        if (one->mode) change_mode(one->path, open_mode(*one->mode), final_mode(*one->mode));
}

}  // namespace ferry::cli
