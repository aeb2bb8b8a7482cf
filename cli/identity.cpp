#include "cli/identity.hpp"

#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cstddef>

namespace ferry::cli {

std::string random_uuid() {
    constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, 16> bytes{};
    // Up to 256 bytes come at once and without a signal's interruption (getrandom(2)).
    if (::getrandom(bytes.data(), bytes.size(), 0) < 0) return {};
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // version 4
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);  // variant of the RFC
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += {digits[bytes[i] >> 4], digits[bytes[i] & 15]};
    }
    return text;
}

std::string user_name() {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return found->pw_name;
    return std::to_string(::getuid());
}

}  // namespace ferry::cli
