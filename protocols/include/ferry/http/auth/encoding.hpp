#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::http {

/// Bytes in base64 (RFC 4648, 4), with padding, in one line.
inline std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    auto* to = reinterpret_cast<unsigned char*>(text.data());
    const auto size = EVP_EncodeBlock(to, from, static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// None if it is not base64.
inline std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.find_first_of(" \t\r\n") != text.npos) return std::nullopt;
    const auto padding = text.size() - (text.find_last_not_of('=') + 1);
    if (padding > 2 || text.find('=') < text.size() - padding) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const auto* from = reinterpret_cast<const unsigned char*>(text.data());
    auto* to = reinterpret_cast<unsigned char*>(bytes.data());
    if (EVP_DecodeBlock(to, from, static_cast<int>(text.size())) < 0) return std::nullopt;
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace ferry::http
