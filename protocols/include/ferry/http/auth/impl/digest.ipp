#pragma once

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>

namespace ferry::http {
namespace detail {

inline std::string hex_of(const unsigned char* bytes, std::size_t size) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += digits[bytes[i] >> 4U];
        text += digits[bytes[i] & 15U];
    }
    return text;
}

struct md_freed {
    void operator()(EVP_MD* hash) const noexcept { EVP_MD_free(hash); }
};

/// In lower-case hexadecimal; empty: OpenSSL does not have the hash.
inline std::string hashed(digest_hash by, std::string_view text) {
    const char* name = by == digest_hash::md5      ? "MD5"
                       : by == digest_hash::sha256 ? "SHA2-256"
                                                   : "SHA2-512/256";
    const std::unique_ptr<EVP_MD, md_freed> hash(EVP_MD_fetch(nullptr, name, nullptr));
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (!hash ||
        EVP_Digest(text.data(), text.size(), bytes.data(), &size, hash.get(), nullptr) != 1)
        return {};
    return hex_of(bytes.data(), size);
}

struct digest_algorithm {
    digest_hash hash = digest_hash::md5;
    bool with_session_key = false;
};

inline std::optional<digest_algorithm> parse_digest_algorithm(std::string_view name) {
    static constexpr std::string_view suffix = "-sess";
    digest_algorithm found;
    if (name.size() > suffix.size() &&
        equal_ignoring_case(name.substr(name.size() - suffix.size()), suffix)) {
        found.with_session_key = true;
        name.remove_suffix(suffix.size());
    }
    if (equal_ignoring_case(name, "MD5")) return found;
    found.hash = digest_hash::sha256;
    if (equal_ignoring_case(name, "SHA-256")) return found;
    found.hash = digest_hash::sha512_256;
    if (equal_ignoring_case(name, "SHA-512-256")) return found;
    return std::nullopt;
}

inline bool list_names(std::string_view list, std::string_view wanted) {
    while (!list.empty())
        if (equal_ignoring_case(trimmed(take_until(list, ',')), wanted)) return true;
    return false;
}

inline bool is_true(std::optional<std::string_view> value) {
    return value && equal_ignoring_case(*value, "true");
}

inline std::string quoted_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

inline bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; });
}

/// RFC 8187, 3.2.1: UTF-8''na%C3%AFve
inline std::string extended(std::string_view text) {
    std::string result = "UTF-8''";
    for (const char c : text) {
        const bool plain = is_token_char(c) && c != '*' && c != '\'' && c != '%';
        if (plain) {
            result += c;
        } else {
            static constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            result += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return result;
}

inline std::string digest_user(const digest_session& with, const std::string& user) {
    if (with.hash_user)
        return "username=" + quoted_string(hashed(with.hash, user + ":" + with.realm)) +
               ", userhash=true";
    if (with.utf8 && !is_ascii(user)) return "username*=" + extended(user);
    return "username=" + quoted_string(user);
}

/// RFC 7616, 3.4.1 to 3.4.3.
inline std::string digest_response(
    const digest_session& with, const credentials& who, std::string_view count,
    std::string_view method, std::string_view target) {
    const auto join = [](auto... parts) {
        std::string text;
        ((text.append(std::string_view(parts)) += ':'), ...);
        text.pop_back();
        return text;
    };
    const secret password = who.password.value_or(secret());
    const secret a1(join(who.user, with.realm, password.reveal()));
    secret key(hashed(with.hash, a1.reveal()));
    if (with.with_session_key)
        key = secret(hashed(with.hash, join(key.reveal(), with.nonce, with.cnonce)));
    const auto request = hashed(with.hash, join(method, target));
    const secret all(
        with.quality ? join(key.reveal(), with.nonce, count, with.cnonce, "auth", request)
                     : join(key.reveal(), with.nonce, request));
    return hashed(with.hash, all.reveal());
}

}  // namespace detail

inline int digest_strength(const challenge& offer) {
    const auto algorithm = detail::parse_digest_algorithm(offer.find("algorithm").value_or("MD5"));
    const auto quality = offer.find("qop");
    if (!algorithm || !offer.find("nonce")) return 0;
    if (quality && !detail::list_names(*quality, "auth")) return 0;
    return algorithm->hash == digest_hash::md5 ? 1 : 2;
}

inline result<digest_session> accept_digest(const challenge& offer, std::string cnonce) {
    const auto no = [](std::string why) { return failure{errc::unauthorized, std::move(why)}; };
    const auto name = offer.find("algorithm");
    const auto algorithm = detail::parse_digest_algorithm(name.value_or("MD5"));
    if (!algorithm) return no("Digest with the unknown algorithm " + printable(*name, 30));
    const auto nonce = offer.find("nonce");
    if (!nonce) return no("Digest without a nonce");
    const auto quality = offer.find("qop");
    if (quality && !detail::list_names(*quality, "auth"))
        return no(
            "Digest that protects bodies (qop " + printable(*quality, 30) +
            "), which ferry cannot do");
    digest_session with;
    with.realm = offer.find("realm").value_or("");
    with.nonce = *nonce;
    with.opaque = offer.find("opaque").value_or("");
    with.has_opaque = offer.find("opaque").has_value();
    with.algorithm = name.value_or("");
    with.hash = algorithm->hash;
    with.with_session_key = algorithm->with_session_key;
    with.quality = quality.has_value();
    with.hash_user = detail::is_true(offer.find("userhash"));
    with.utf8 = equal_ignoring_case(offer.find("charset").value_or(""), "UTF-8");
    with.cnonce = std::move(cnonce);
    return with;
}

inline result<std::string> random_cnonce() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        return failure{errc::unauthorized, "Digest: OpenSSL has no random numbers"};
    return detail::hex_of(bytes.data(), bytes.size());
}

inline result<std::string> digest_answer(
    digest_session& with, const credentials& who, std::string_view method,
    std::string_view target) {
    std::array<char, 9> count{};
    std::snprintf(count.data(), count.size(), "%08x", ++with.uses);
    const auto response = detail::digest_response(with, who, count.data(), method, target);
    if (response.empty())
        return failure{
            errc::unauthorized, "Digest: this machine's OpenSSL lacks the algorithm " +
                                    (with.algorithm.empty() ? "MD5" : printable(with.algorithm))};
    std::string text = "Digest " + detail::digest_user(with, who.user);
    text += ", realm=" + detail::quoted_string(with.realm) +
            ", nonce=" + detail::quoted_string(with.nonce);
    text += ", uri=" + detail::quoted_string(target) + ", response=\"" + response + "\"";
    if (!with.algorithm.empty()) text += ", algorithm=" + with.algorithm;
    if (with.quality || with.with_session_key) text += ", cnonce=\"" + with.cnonce + "\"";
    if (with.quality) text += std::string(", qop=auth, nc=") + count.data();
    if (with.has_opaque) text += ", opaque=" + detail::quoted_string(with.opaque);
    if (detail::has_control(text))
        return failure{
            errc::unauthorized, "Digest: control characters in the user name or the challenge"};
    return text;
}

}  // namespace ferry::http
