#pragma once

#include <ferry/http/connection.hpp>
#include <ferry/http/request.hpp>
#include <ferry/http/response_parser.hpp>

#include <memory>
#include <utility>

namespace ferry::http {

/// A request and its reply. The head has been read, the body has not: what came along with the head
/// is in the connection's buffer.
struct exchange {
    explicit exchange(request what) : asked(std::move(what)), reply(asked.method == "HEAD") {}

    request asked;  ///< the last one, where redirects were followed
    std::unique_ptr<connection> wire = {};
    response_parser reply;
    bool answered = false;  ///< a byte of the reply has arrived

    const response_head& head() const noexcept { return reply.head(); }
};

}  // namespace ferry::http
