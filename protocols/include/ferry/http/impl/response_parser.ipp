#pragma once

namespace ferry::http {

/// What llhttp calls; each returns 0 to go on.
struct response_parser::callbacks {
    static response_parser& self(llhttp_t* parser) noexcept {
        return *static_cast<response_parser*>(parser->data);
    }
    static int reason(llhttp_t* parser, const char* at, std::size_t size) {
        self(parser).head_.reason.append(at, size);
        return 0;
    }
    static int field_name(llhttp_t* parser, const char* at, std::size_t size) {
        auto& me = self(parser);
        const bool first_piece = !std::exchange(me.in_name_, true);
        if (me.has_head_) return me.count_trailer(size, first_piece);
        if (first_piece && me.head_.fields.size() == me.limits_.fields)
            return me.reject("the head has more than 256 fields");
        if (first_piece) me.head_.fields.begin();
        me.head_.fields.append_name({at, size});
        return 0;
    }
    static int field_name_complete(llhttp_t* parser) {
        auto& me = self(parser);
        if (!std::exchange(me.in_name_, false)) return me.reject("a field without a name");
        if (me.has_head_) return 0;
        const auto& fields = me.head_.fields;
        return is_token(fields.name(fields.size() - 1)) ? 0 : me.reject("a bad field name");
    }
    static int field_value(llhttp_t* parser, const char* at, std::size_t size) {
        auto& me = self(parser);
        if (me.has_head_) return me.count_trailer(size, false);
        me.head_.fields.append_value({at, size});
        return 0;
    }
    static int headers_complete(llhttp_t*) { return HPE_PAUSED; }
    static int chunk_header(llhttp_t* parser) {
        auto& me = self(parser);
        ++me.chunks_;
        me.chunk_left_ = parser->content_length;
        return 0;
    }
    static int chunk_extension(llhttp_t* parser, const char*, std::size_t size) {
        auto& me = self(parser);
        me.extension_bytes_ += size;
        if (me.extension_bytes_ <= me.limits_.chunk_extension_bytes) return 0;
        return me.reject("more than 16 KiB of chunk extensions");
    }
    static int body(llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).take_body(at, size);
    }
    static int message_complete(llhttp_t* parser) {
        self(parser).body_complete_ = true;
        return HPE_PAUSED;
    }
    static const llhttp_settings_t* settings() {
        static const llhttp_settings_t all = [] {
            llhttp_settings_t s;
            llhttp_settings_init(&s);
            s.on_status = reason;
            s.on_header_field = field_name;
            s.on_header_field_complete = field_name_complete;
            s.on_header_value = field_value;
            s.on_headers_complete = headers_complete;
            s.on_chunk_header = chunk_header;
            s.on_chunk_extension_name = chunk_extension;
            s.on_chunk_extension_value = chunk_extension;
            s.on_body = body;
            s.on_message_complete = message_complete;
            return s;
        }();
        return &all;
    }
};

inline response_parser::response_parser(bool to_head, const reply_limits& limits)
    : limits_(limits), to_head_(to_head) {
    start();
}

inline void response_parser::start() {
    llhttp_init(&llhttp_, HTTP_RESPONSE, callbacks::settings());
    llhttp_.data = this;
    head_ = {};
    previous_ = '\0';
}

inline int response_parser::reject(const char* why) noexcept {
    rejected_ = why;
    return HPE_USER;
}

inline failure response_parser::broken() const {
    const char* reason = rejected_ ? rejected_ : llhttp_get_error_reason(&llhttp_);
    return {errc::malformed, reason ? reason : "", error_context::remote_file};
}

inline result<std::size_t> response_parser::read_head(std::span<const std::byte> bytes) {
    std::size_t consumed = 0;
    while (!has_head_ && consumed < bytes.size()) {
        const auto room = limits_.head_bytes - head_bytes_;
        const auto piece = bytes.subspan(consumed, std::min(bytes.size() - consumed, room));
        const auto start_of_piece = reinterpret_cast<const char*>(piece.data());
        const auto status = llhttp_execute(&llhttp_, start_of_piece, piece.size());
        if (status != HPE_OK && status != HPE_PAUSED) return broken();
        const auto used =
            status == HPE_OK
                ? piece.size()
                : static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - start_of_piece);
        if (auto good = check_line_breaks(piece.first(used)); !good) return good.error();
        consumed += used;
        head_bytes_ += used;
        if (status == HPE_PAUSED) {
            if (auto good = finish_head(); !good) return good.error();
        } else if (head_bytes_ == limits_.head_bytes) {
            reject("the head is larger than 64 KiB");
            return broken();
        }
    }
    return consumed;
}

inline result<void> response_parser::check_line_breaks(std::span<const std::byte> bytes) {
    for (const auto byte : bytes) {
        const char c = static_cast<char>(byte);
        const char before = std::exchange(previous_, c);
        if (c == '\0') reject("a NUL in the head");
        if ((c == '\n') != (before == '\r')) reject("a line ends otherwise than with CR LF");
        if (before == '\n' && (c == ' ' || c == '\t')) reject("a folded header line");
        if (before == '\0' && c == '\r') reject("an empty line before the status line");
        if (rejected_) return broken();
    }
    return {};
}

inline result<void> response_parser::finish_head() {
    const int status = llhttp_.status_code;
    const bool known_version =
        llhttp_.http_major == 1 && (llhttp_.http_minor == 0 || llhttp_.http_minor == 1);
    if (!known_version) reject("neither HTTP/1.1 nor HTTP/1.0");
    if (status < 100 || status > 599) reject("a status code outside of 100 to 599");
    if (status == 101) reject("the server switched to a protocol that nobody asked for");
    if (status < 200 && ++interim_replies_ > limits_.interim_replies)
        reject("more than 16 interim replies (1xx)");
    if (rejected_) return broken();
    if (status < 200) {
        start();
        return {};
    }
    head_.status = status;
    const auto framed = framing();
    if (!framed) return framed.error();
    head_.framing = *framed;
    if (const auto length = head_.fields.find("Content-Length")) {
        head_.length = parse_number(*length);
        if (!head_.length) reject("a Content-Length that no file can have");
    }
    const bool says_close = (llhttp_.flags & F_CONNECTION_CLOSE) != 0;
    const bool says_keep = (llhttp_.flags & F_CONNECTION_KEEP_ALIVE) != 0;
    head_.keep_alive = !says_close && (llhttp_.http_minor == 1 || says_keep) &&
                       head_.framing != body_framing::until_close;
    has_head_ = true;
    return rejected_ ? result<void>(broken()) : result<void>();
}

/// RFC 9112, 6.3; whatever is ambiguous there is refused.
inline result<body_framing> response_parser::framing() const {
    if (to_head_ || head_.status == 204 || head_.status == 304) return body_framing::none;
    const auto coding = head_.fields.find("Transfer-Encoding");
    const auto lengths = head_.fields.count("Content-Length");
    const auto refuse = [](errc code, std::string why) {
        return failure{code, std::move(why), error_context::remote_file};
    };
    if (lengths > 1) return refuse(errc::malformed, "more than one Content-Length");
    if (!coding) return lengths ? body_framing::length : body_framing::until_close;
    if (lengths) return refuse(errc::malformed, "both Content-Length and Transfer-Encoding");
    if (llhttp_.http_minor == 0) return refuse(errc::malformed, "Transfer-Encoding in HTTP/1.0");
    if (head_.fields.count("Transfer-Encoding") > 1 || !equal_ignoring_case(*coding, "chunked"))
        return refuse(errc::unsupported, "Transfer-Encoding: " + printable(*coding));
    return body_framing::chunked;
}

}  // namespace ferry::http
