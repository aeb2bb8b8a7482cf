#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::http {

inline awaitable<result<std::string>> digest_of_part(
    content& from, byte_range part, std::string algorithm, disk_pool& disk) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* method = EVP_get_digestbyname(algorithm.c_str());
    if (!context || !method || EVP_DigestInit_ex(context.get(), method, nullptr) != 1)
        co_return failure{
            errc::unsupported, "checksum: this system's OpenSSL does not offer " + algorithm};

    std::vector<std::byte> buffer(std::min<std::uint64_t>(part.size(), 1U << 20));
    for (auto at = part.first; at < part.end;) {
        const auto size = std::min<std::uint64_t>(buffer.size(), part.end - at);
        const auto some = std::span(buffer).first(static_cast<std::size_t>(size));
        auto read = co_await from.read(at, some);
        if (!read) co_return std::move(read.error());
        auto update = [&] { return EVP_DigestUpdate(context.get(), some.data(), some.size()); };
        co_await disk.run(update);
        at += size;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    co_return to_base64({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace ferry::http
