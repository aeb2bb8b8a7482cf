#pragma once

#include <cstring>
#include <utility>

namespace ferry::http {

inline result<response_parser::decoded> response_parser::read_chunks(std::span<std::byte> bytes) {
    const auto start_of_bytes = reinterpret_cast<const char*>(bytes.data());
    input_end_ = start_of_bytes + bytes.size();
    body_ = {};
    if (auto good = check_chunk_end(start_of_bytes); !good) return good.error();
    llhttp_resume(&llhttp_);  // from the pause behind the head; no effect later on
    const auto status = llhttp_execute(&llhttp_, start_of_bytes, bytes.size());
    if (status != HPE_OK && status != HPE_PAUSED) return broken();
    const auto consumed =
        status == HPE_OK
            ? bytes.size()
            : static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - start_of_bytes);
    if (auto good = check_overhead(consumed, body_.size()); !good) return good.error();
    return decoded{consumed, body_};
}

inline int response_parser::take_body(const char* at, std::size_t size) noexcept {
    chunk_left_ -= size;
    if (chunk_left_ == 0) {
        line_break_owed_ = 2;
        if (!check_chunk_end(at + size)) return HPE_USER;
    }
    if (body_.empty()) {  // the first piece may stay where it is
        body_ = {reinterpret_cast<std::byte*>(const_cast<char*>(at)), size};
        return 0;
    }
    std::memmove(body_.data() + body_.size(), at, size);
    body_ = {body_.data(), body_.size() + size};
    return 0;
}

/// A lenient llhttp takes any two bytes behind a chunk for its CR LF: a chunk that is longer than
/// it says would shift the whole file. `at` is where the bytes still owed stand.
inline result<void> response_parser::check_chunk_end(const char* at) {
    for (; line_break_owed_ > 0 && at != input_end_; ++at, --line_break_owed_) {
        if (*at == (line_break_owed_ == 2 ? '\r' : '\n')) continue;
        reject("a chunk is longer than its size says");
        return broken();
    }
    return {};
}

/// Whatever the framing is made of (zeros before a size, too), it must not grow without content: a
/// chunk of one byte is legal and costs five.
inline result<void> response_parser::check_overhead(std::size_t consumed, std::size_t content) {
    static constexpr std::uint64_t per_chunk = 24;
    overhead_ += consumed - content;
    const auto allowed = per_chunk * (chunks_ + 1) + 2 * extension_bytes_ +
                         limits_.chunk_extension_bytes + limits_.trailer_bytes;
    if (overhead_ <= allowed) return {};
    reject("more chunk framing than content could need");
    return broken();
}

inline int response_parser::count_trailer(std::size_t bytes, bool new_field) noexcept {
    trailer_bytes_ += bytes;
    trailer_fields_ += new_field;
    if (trailer_bytes_ > limits_.trailer_bytes) return reject("more than 16 KiB of trailers");
    if (trailer_fields_ > limits_.trailer_fields) return reject("more than 64 trailer fields");
    return 0;
}

}  // namespace ferry::http
