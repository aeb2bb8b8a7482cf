#pragma once

#include <ferry/http/message.hpp>
#include <ferry/result.hpp>

#include <llhttp.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace ferry::http {

/// What a reply may cost before we take the server for hostile or broken.
struct reply_limits {
    std::size_t head_bytes = 64 * 1024;  ///< interim replies included
    std::size_t fields = 256;
    unsigned interim_replies = 16;  ///< 1xx (RFC 9110, 15.2)
    std::size_t chunk_extension_bytes = 16 * 1024;
    std::size_t trailer_bytes = 16 * 1024;
    std::size_t trailer_fields = 64;
};

/// Understands one reply: bytes in, the final head and the body's bytes out. Strict where leniency
/// lets two parties disagree about where a message ends (RFC 9112, 11): llhttp parses, and what its
/// lenient builds let pass is checked here.
class response_parser {
  public:
    /// @param to_head  The request was HEAD: the reply has no body, whatever it announces.
    explicit response_parser(bool to_head = false, const reply_limits& limits = {});
    response_parser(const response_parser&) = delete;  // llhttp points into this
    response_parser& operator=(const response_parser&) = delete;

    /// Consumes bytes of the head, skipping interim replies; returns how many. Stops right behind
    /// the head's end; what follows is body. Errors: errc::malformed, ::unsupported.
    result<std::size_t> read_head(std::span<const std::byte> bytes);
    bool has_head() const noexcept { return has_head_; }
    /// A 1xx has come: the server has read our head and wants to see more.
    bool has_interim_reply() const noexcept { return interim_replies_ > 0; }
    response_head& head() noexcept { return head_; }
    const response_head& head() const noexcept { return head_; }

    struct decoded {
        std::size_t consumed = 0;        ///< what follows belongs to no reply of ours
        std::span<std::byte> body = {};  ///< within the bytes given, whose order it changes
    };
    /// Consumes bytes of a chunked body and moves the content together. Errors: errc::malformed.
    result<decoded> read_chunks(std::span<std::byte> bytes);
    /// The last chunk and the trailers have been read.
    bool body_complete() const noexcept { return body_complete_; }

  private:
    struct callbacks;

    void start();
    result<void> finish_head();
    result<void> check_line_breaks(std::span<const std::byte> bytes);
    result<void> check_chunk_end(const char* end);
    result<void> check_overhead(std::size_t consumed, std::size_t content);
    result<body_framing> framing() const;
    failure broken() const;
    int reject(const char* why) noexcept;
    int take_body(const char* at, std::size_t size) noexcept;
    int count_trailer(std::size_t bytes, bool new_field) noexcept;

    const reply_limits limits_;
    const bool to_head_;
    llhttp_t llhttp_;
    response_head head_;
    bool has_head_ = false;
    bool body_complete_ = false;
    const char* rejected_ = nullptr;  // our own reason, besides llhttp's

    // The head so far.
    std::size_t head_bytes_ = 0;
    unsigned interim_replies_ = 0;
    char previous_ = '\0';
    bool in_name_ = false;

    // The chunked body so far.
    std::span<std::byte> body_;     // content of the bytes at hand, moved together
    std::uint64_t chunk_left_ = 0;  // content bytes until the chunk's end
    unsigned line_break_owed_ = 0;  // bytes of the CR LF behind a chunk that are yet to come
    const char* input_end_ = nullptr;
    std::uint64_t chunks_ = 0;
    std::uint64_t overhead_ = 0;  // bytes that were no content
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::size_t trailer_fields_ = 0;
};

}  // namespace ferry::http

#include <ferry/http/impl/response_body.ipp>
#include <ferry/http/impl/response_parser.ipp>
