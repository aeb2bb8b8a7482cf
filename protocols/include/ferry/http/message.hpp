#pragma once

#include <ferry/http/text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::http {

/// Header fields in order of arrival; names compare without case. One block of text holds them
/// all, so that a head costs two allocations and not two a field.
class field_list {
  public:
    std::size_t size() const noexcept { return fields_.size(); }
    std::string_view name(std::size_t i) const noexcept { return fields_[i].name.in(text_); }
    /// Without the spaces around it.
    std::string_view value(std::size_t i) const noexcept {
        return trimmed(fields_[i].value.in(text_));
    }

    /// The first field of that name.
    std::optional<std::string_view> find(std::string_view wanted) const noexcept {
        for (std::size_t i = 0; i < size(); ++i)
            if (equal_ignoring_case(name(i), wanted)) return value(i);
        return std::nullopt;
    }
    std::size_t count(std::string_view wanted) const noexcept {
        std::size_t found = 0;
        for (std::size_t i = 0; i < size(); ++i) found += equal_ignoring_case(name(i), wanted);
        return found;
    }

    /// Building: begin() a field, then append its name and value, each in as many pieces as come.
    void begin() { fields_.push_back({{text_.size(), 0}, {text_.size(), 0}}); }
    void append_name(std::string_view piece) {
        text_ += piece;
        fields_.back().name.size += piece.size();
        fields_.back().value.at = text_.size();
    }
    void append_value(std::string_view piece) {
        text_ += piece;
        fields_.back().value.size += piece.size();
    }

  private:
    struct part {
        std::size_t at = 0;
        std::size_t size = 0;
        std::string_view in(const std::string& text) const noexcept {
            return std::string_view(text).substr(at, size);
        }
    };
    struct field {
        part name;
        part value;
    };
    std::string text_;
    std::vector<field> fields_;
};

/// What tells where a body ends (RFC 9112, 6.3).
enum class body_framing {
    none,         ///< there is no body: a reply to HEAD, 204, 304
    length,       ///< Content-Length
    chunked,      ///< Transfer-Encoding: chunked
    until_close,  ///< the end of the connection
};

/// Status line and header of a final reply.
struct response_head {
    int status = 0;
    std::string reason = {};  ///< as the server wrote it: not fit for a terminal
    field_list fields = {};
    body_framing framing = body_framing::none;
    std::optional<std::uint64_t> length = {};  ///< Content-Length; also in a reply to HEAD
    bool keep_alive = false;                   ///< another request may follow on the connection
};

}  // namespace ferry::http
