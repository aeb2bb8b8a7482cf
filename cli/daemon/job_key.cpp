#include "cli/daemon/job_key.hpp"

#include <ferry/key_file.hpp>

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace ferry::cli {
namespace {

/// Empty: there is none.
std::string credential_of_systemd() {
    const auto* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (!folder || *folder != '/') return {};
    auto file = std::string(folder) + "/ferry.key";
    return ::access(file.c_str(), F_OK) == 0 ? file : std::string();
}

}  // namespace

key_source job_key(const home& where) {
    if (const auto given = credential_of_systemd(); !given.empty())
        return [given](bool) { return read_key(given, key_guard::folder); };
    return
        [file = where.key()](bool make) { return make ? read_or_make_key(file) : read_key(file); };
}

}  // namespace ferry::cli
