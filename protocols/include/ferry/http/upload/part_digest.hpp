#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/http/auth/encoding.hpp>
#include <ferry/protocol.hpp>

#include <openssl/evp.h>

#include <memory>
#include <string>

namespace ferry::http {

/// The digest of a part of what is uploaded, in base64 (tus: Upload-Checksum).
/// Errors: errc::unsupported if OpenSSL lacks the algorithm; those of the content.
/// @param from  Outlives the call, as `disk` does.
[[nodiscard]] awaitable<result<std::string>> digest_of_part(
    content& from, byte_range part, std::string algorithm, disk_pool& disk);

}  // namespace ferry::http

#include <ferry/http/upload/impl/part_digest.ipp>
