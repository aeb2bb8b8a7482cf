#pragma once

#include <sys/random.h>

#include <array>
#include <cstddef>
#include <string>

namespace ferry::detail {

/// A random UUID (RFC 9562, version 4), in lower case.
inline std::string random_uuid() {
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

}  // namespace ferry::detail
