#pragma once

#include <ferry/result.hpp>

namespace ferry::cli {

/// Joins `input` and `output` to a non-blocking socket, until that is closed by its other end; the
/// end of `input` is passed on, so that the answers to what was asked last still arrive. Blocks.
/// Also ends, as well as can be, when nobody reads `output` any more.
/// Errors: any errno of the socket.
result<void> join_to_socket(int input, int output, int socket);

}  // namespace ferry::cli
