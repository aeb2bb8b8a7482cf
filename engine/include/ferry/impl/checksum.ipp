#pragma once

#include <ferry/detail/ascii.hpp>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace ferry {
namespace detail {

struct digest_kind {
    std::string_view name;
    std::size_t hex_length;
};
inline constexpr std::array digest_kinds = {
    digest_kind{"sha256", 64}, digest_kind{"sha512", 128}, digest_kind{"sha1", 40},
    digest_kind{"md5", 32}};

inline const digest_kind* find_digest(std::string_view name) noexcept {
    for (const auto& one : digest_kinds)
        if (one.name == name) return &one;
    return nullptr;
}

inline std::string to_hex(std::span<const unsigned char> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const auto byte : bytes) hex += {digits[byte >> 4], digits[byte & 15]};
    return hex;
}

inline failure unknown_digest(const std::string& name) {
    return {
        errc::bad_argument,
        "checksum: unknown algorithm '" + name + "' (use sha256, sha512, sha1 or md5)"};
}

inline failure digest_unavailable(const std::string& name) {
    return {errc::unsupported, "checksum: this system's OpenSSL does not offer " + name};
}

}  // namespace detail

inline result<checksum> parse_checksum(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return failure{errc::bad_argument, "checksum: no algorithm (write sha256:HEX)"};
    checksum sum;
    sum.algorithm = detail::to_lower(text.substr(0, colon));
    sum.hex = detail::to_lower(text.substr(colon + 1));
    const auto* kind = detail::find_digest(sum.algorithm);
    if (!kind) return detail::unknown_digest(sum.algorithm);
    if (sum.hex.size() != kind->hex_length ||
        sum.hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        return failure{
            errc::bad_argument, "checksum: " + sum.algorithm + " takes " +
                                    std::to_string(kind->hex_length) + " hexadecimal digits"};
    return sum;
}

inline std::string to_string(const checksum& sum) { return sum.algorithm + ":" + sum.hex; }

inline result<checksum> checksum_of_file(int descriptor, const std::string& algorithm) {
    if (!detail::find_digest(algorithm)) return detail::unknown_digest(algorithm);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* method = EVP_get_digestbyname(algorithm.c_str());
    if (!context || !method || EVP_DigestInit_ex(context.get(), method, nullptr) != 1)
        return detail::digest_unavailable(algorithm);

    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    std::vector<unsigned char> buffer(256 * 1024);  // large for the disk, small for the cache
    for (off_t offset = 0;;) {
        const auto got = pread(descriptor, buffer.data(), buffer.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_failure(errno, "checksum: read");
        if (got == 0) break;
        EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
        offset += got;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    return checksum{algorithm, detail::to_hex(std::span(digest).first(length))};
}

}  // namespace ferry
