#pragma once

#include <ferry/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ferry {

/// A digest that a file must have: "sha256:HEX"; also sha1, sha512 and md5.
struct checksum {
    std::string algorithm = {};  ///< lower case, as above
    std::string hex = {};        ///< lower case

    bool operator==(const checksum&) const = default;
};

/// Parses "ALGORITHM:HEX"; errc::bad_argument says what is wrong with it.
result<checksum> parse_checksum(std::string_view text);

std::string to_string(const checksum& sum);

/// Reads an open file from its start to its end and returns its digest. Blocking.
result<checksum> checksum_of_file(int descriptor, const std::string& algorithm);

}  // namespace ferry

#include <ferry/impl/checksum.ipp>
