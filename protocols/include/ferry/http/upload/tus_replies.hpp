#pragma once

#include <ferry/http/upload/dialogue.hpp>

#include <cstdint>

namespace ferry::http {

/// What a tus server's replies mean: decisions without any I/O.

/// Where the reply to the POST says that the upload is, without credentials and fragment.
/// Errors: errc::malformed if that is nowhere, or several places; ::redirect_refused.
result<url> tus_place(const answer& made);

/// What a reply to PATCH tells about the bytes that went with it.
enum class tus_verdict {
    taken,     ///< they are there
    doubtful,  ///< the server knows how much is there: ask
    too_many,  ///< fewer at a time might go
    lost,      ///< there is no such upload
    refused,   ///< as the status says
};
/// @param end  Where the bytes ended.
tus_verdict judge_patch(const response_head& reply, std::uint64_t end) noexcept;

/// What a reply to HEAD says about how much is there: an offset within `size`.
/// Errors: errc::session_lost if the upload is not there, or not of that size; ::malformed; those
///   of the status.
result<std::uint64_t> tus_offset(const answer& got, std::uint64_t size, wall_time now);

/// Why a reply to PATCH is not enough.
failure patch_refusal(const answer& got, std::uint64_t end, wall_time now);

/// The failure that a status means; the server's own words are in there.
failure tus_refusal(const answer& got, wall_time now);

}  // namespace ferry::http

#include <ferry/http/upload/impl/tus_replies.ipp>
