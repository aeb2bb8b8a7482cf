#pragma once

#include <ferry/error.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace ferry::http {

/// How an attempt to move bytes without waiting ended.
enum class io_state {
    moved,       ///< some bytes moved; more may follow at once
    want_read,   ///< nothing now: try again when the socket is readable
    want_write,  ///< the same, when it is writable
    end,         ///< the peer has ended its stream in good order
    failed,
};

struct io_result {
    io_state state = io_state::moved;
    std::size_t bytes = 0;
    failure why = {};  ///< of io_state::failed
};

/// The failure of a socket call that set errno.
inline failure socket_failure(int error_number, std::string detail = {}) {
    return {
        std::error_code(error_number, std::generic_category()), std::move(detail),
        error_context::transport};
}

/// `why`, its detail led by what was being done.
inline failure while_doing(const std::string& what, failure why) {
    why.detail = why.detail.empty() ? what : what + ": " + why.detail;
    return why;
}

}  // namespace ferry::http
