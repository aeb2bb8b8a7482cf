#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace ferry {

/// A text that is nobody's business: a password, a token. It is wiped when it is let go, and shows
/// itself only where reveal() is called: nothing prints or logs it by accident.
class secret {
  public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}
    secret(const secret&) = default;
    // Not moved: a moved-from string may keep its short text.
    secret& operator=(const secret& other) {
        if (this != &other) {
            wipe();
            text_ = other.text_;
        }
        return *this;
    }
    ~secret() { wipe(); }

    bool empty() const noexcept { return text_.empty(); }
    /// Valid as long as this object is unchanged.
    std::string_view reveal() const noexcept { return text_; }
    auto operator<=>(const secret&) const = default;

  private:
    void wipe() noexcept { OPENSSL_cleanse(text_.data(), text_.size()); }

    std::string text_;
};

}  // namespace ferry
