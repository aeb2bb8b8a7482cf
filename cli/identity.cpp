#include "cli/identity.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace ferry::cli {

std::string user_name() {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return found->pw_name;
    return std::to_string(::getuid());
}

}  // namespace ferry::cli
