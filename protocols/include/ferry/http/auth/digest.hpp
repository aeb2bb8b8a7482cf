#pragma once

#include <ferry/credentials.hpp>
#include <ferry/http/auth/basic.hpp>
#include <ferry/http/auth/challenge.hpp>
#include <ferry/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::http {

/// The hashes of Digest (RFC 7616, 3.2).
enum class digest_hash { md5, sha256, sha512_256 };

/// One server nonce in use, and what goes with it.
struct digest_session {
    std::string realm = {};
    std::string nonce = {};
    std::string opaque = {};
    std::string algorithm = {};  ///< as sent; empty: none was, which means MD5
    digest_hash hash = digest_hash::md5;
    bool with_session_key = false;  ///< -sess
    bool has_opaque = false;
    bool quality = false;     ///< qop=auth; without: RFC 2069
    bool hash_user = false;   ///< userhash=true
    bool utf8 = false;        ///< charset=UTF-8
    std::string cnonce = {};  ///< ours; the same as long as the nonce, for the sake of -sess
    std::uint32_t uses = 0;   ///< of the nonce, so far
};

/// 0: not to be answered (an unknown hash, only qop=auth-int), else more is better.
int digest_strength(const challenge& offer);

/// What a challenge asks for. `cnonce`: at least 128 random bits in printable characters.
/// Errors: errc::unauthorized: what of it ferry cannot do.
result<digest_session> accept_digest(const challenge& offer, std::string cnonce);

/// 128 random bits in hexadecimal. Errors: errc::unauthorized: there are none to be had.
result<std::string> random_cnonce();

/// The answer (RFC 7616, 3.4); counts the use of the nonce.
/// @param target  As in the request line.
/// Errors: errc::unauthorized: this machine's OpenSSL lacks the hash (FIPS), or there
///   are control characters in the name or the challenge.
result<std::string> digest_answer(
    digest_session& with, const credentials& who, std::string_view method, std::string_view target);

}  // namespace ferry::http

#include <ferry/http/auth/impl/digest.ipp>
