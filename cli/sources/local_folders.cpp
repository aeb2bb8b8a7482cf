#include "cli/sources/local_folders.hpp"

#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/file.hpp>

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
        if (::mkdir(path.c_str(), wanted) != 0) {
            if (errno == EEXIST) continue;
            return detail::errno_failure("make the folder", path.native());
        }
        if (mode) ::chmod(path.c_str(), wanted);  // whatever the umask
    }
    return {};
}

}  // namespace ferry::cli
