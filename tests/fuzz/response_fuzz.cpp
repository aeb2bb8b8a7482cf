#include <ferry/http/response_parser.hpp>

#include <fuzz/fuzz.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace ferry;
using fuzz::require;

namespace {

struct reply {
    int status = 0;
    http::body_framing framing = http::body_framing::none;
    std::string body = {};
    std::size_t consumed = 0;

    bool operator==(const reply&) const = default;
};

/// The head of the reply that `input` starts with, and how long it is; then the body if chunked.
std::optional<reply> parse(std::vector<std::byte> input, std::size_t piece, bool to_head) {
    http::response_parser parser(to_head);
    reply got;
    const auto next = [&] {
        return std::span(input).subspan(got.consumed, std::min(piece, input.size() - got.consumed));
    };
    while (!parser.has_head()) {
        const auto bytes = next();
        if (bytes.empty()) return std::nullopt;
        const auto used = parser.read_head(bytes);
        if (!used) return std::nullopt;
        require(*used <= bytes.size(), "no more is consumed than there is");
        require(*used == bytes.size() || parser.has_head(), "only the head's end stops the parser");
        got.consumed += *used;
    }
    got.status = parser.head().status;
    got.framing = parser.head().framing;
    require(got.status >= 200 && got.status <= 599, "the final status is a final one");
    while (got.framing == http::body_framing::chunked && !parser.body_complete()) {
        const auto bytes = next();
        if (bytes.empty()) return std::nullopt;
        const auto chunk = parser.read_chunks(bytes);
        if (!chunk) return std::nullopt;
        require(chunk->consumed <= bytes.size(), "no more is consumed than there is");
        require(chunk->body.size() <= chunk->consumed, "content is part of what was consumed");
        got.body.append(reinterpret_cast<const char*>(chunk->body.data()), chunk->body.size());
        got.consumed += chunk->consumed;
    }
    return got;
}

}  // namespace

/// The first byte tells the size of the second run's pieces and whether the request was HEAD.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool to_head = (data[0] & 0x80) != 0;
    const std::size_t piece = 1 + (data[0] & 0x7f);
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    const std::vector<std::byte> input(bytes.begin(), bytes.end());
    const auto whole = parse(input, input.size(), to_head);
    const auto pieces = parse(input, piece, to_head);
    require(whole == pieces, "a reply means the same, however it is cut into pieces");
    return 0;
}
