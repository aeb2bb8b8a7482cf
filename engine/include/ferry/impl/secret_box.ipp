#pragma once

#include <ferry/detail/ascii.hpp>

#include <sys/random.h>

#include <openssl/evp.h>

#include <memory>
#include <utility>

namespace ferry {
namespace detail {

// The bytes: the form's number, the nonce, the text, the tag.
inline constexpr char sealed_form = 1;
inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t tag_size = 16;

struct free_cipher {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using cipher_ptr = std::unique_ptr<EVP_CIPHER_CTX, free_cipher>;

inline const unsigned char* octets(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* octets(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

inline std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += {digits[byte >> 4], digits[byte & 15]};
    }
    return text;
}

/// Empty for what to_hex() does not write.
inline std::string from_hex(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const auto byte = 16 * hex_value(text[i]) + hex_value(text[i + 1]);
        bytes += static_cast<char>(byte);
    }
    return to_hex(bytes) == text ? bytes : std::string();
}

/// A context that has seen the key, the nonce and what the text is for; null if OpenSSL fails.
inline cipher_ptr begin_cipher(
    const secret& key, std::string_view nonce, std::string_view purpose, int encrypt) {
    cipher_ptr context(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool good =
        context &&
        EVP_CipherInit_ex(
            context.get(), EVP_aes_256_gcm(), nullptr, octets(key.reveal()), octets(nonce),
            encrypt) == 1 &&
        EVP_CipherUpdate(
            context.get(), nullptr, &size, octets(purpose), static_cast<int>(purpose.size())) == 1;
    return good ? std::move(context) : nullptr;
}

}  // namespace detail

inline result<secret_box> secret_box::with(secret key) {
    if (key.reveal().size() != key_size) return failure{errc::malformed, "no key of 32 bytes"};
    return secret_box(key);
}

inline result<std::string> secret_box::seal(const secret& text, std::string_view purpose) const {
    const auto plain = text.reveal();
    std::string bytes(
        1 + detail::nonce_size + plain.size() + detail::tag_size, detail::sealed_form);
    auto* const nonce = detail::octets(bytes) + 1;
    auto* const body = nonce + detail::nonce_size;
    const bool drawn = ::getrandom(nonce, detail::nonce_size, 0) == ssize_t{detail::nonce_size};
    const auto context = detail::begin_cipher(
        key_, std::string_view(bytes).substr(1, detail::nonce_size), purpose, 1);
    int size = 0;
    const bool sealed =
        drawn && context &&
        EVP_CipherUpdate(
            context.get(), body, &size, detail::octets(plain), static_cast<int>(plain.size())) ==
            1 &&
        EVP_CipherFinal_ex(context.get(), body + size, &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(
            context.get(), EVP_CTRL_AEAD_GET_TAG, detail::tag_size, body + plain.size()) == 1;
    if (!sealed)
        return failure{std::make_error_code(std::errc::state_not_recoverable), "encrypt a secret"};
    return detail::to_hex(bytes);
}

inline result<secret> secret_box::open(std::string_view sealed, std::string_view purpose) const {
    auto bytes = detail::from_hex(sealed);
    constexpr auto frame = 1 + detail::nonce_size + detail::tag_size;
    const failure wrong{errc::malformed, "it was sealed with another key, or changed since"};
    if (bytes.size() < frame || bytes.front() != detail::sealed_form) return wrong;
    const auto length = bytes.size() - frame;
    const auto nonce = std::string_view(bytes).substr(1, detail::nonce_size);
    const auto context = detail::begin_cipher(key_, nonce, purpose, 0);
    auto* const body = detail::octets(bytes) + 1 + detail::nonce_size;
    std::string plain(length, '\0');
    int size = 0;
    const bool good =
        context &&
        EVP_CIPHER_CTX_ctrl(
            context.get(), EVP_CTRL_AEAD_SET_TAG, detail::tag_size, body + length) == 1 &&
        EVP_CipherUpdate(
            context.get(), detail::octets(plain), &size, body, static_cast<int>(length)) == 1 &&
        EVP_CipherFinal_ex(context.get(), detail::octets(plain) + size, &size) == 1;
    auto opened = good ? secret(plain) : secret();
    OPENSSL_cleanse(plain.data(), plain.size());
    if (!good) return wrong;
    return opened;
}

}  // namespace ferry
