#pragma once

#include <ferry/result.hpp>
#include <ferry/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry {

/// Seals secrets for the disk: AES-256-GCM with a random nonce for each of them (NIST SP 800-38D).
/// What was sealed for one purpose opens for no other.
/// Threads: any.
class secret_box {
  public:
    static constexpr std::size_t key_size = 32;  ///< bytes

    /// Errors: errc::malformed for a key of another size.
    static result<secret_box> with(secret key);

    /// @param purpose  Whose and what it is; not hidden, but needed to open it.
    /// @return  Hexadecimal digits in lower case.
    /// Errors: std::errc::state_not_recoverable if OpenSSL fails.
    result<std::string> seal(const secret& text, std::string_view purpose) const;
    /// Errors: errc::malformed for anything but what seal() returned with this key and purpose.
    result<secret> open(std::string_view sealed, std::string_view purpose) const;

  private:
    explicit secret_box(secret key) : key_(std::move(key)) {}

    secret key_;
};

}  // namespace ferry

#include <ferry/impl/secret_box.ipp>
