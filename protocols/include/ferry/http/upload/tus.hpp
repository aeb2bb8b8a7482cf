#pragma once

#include <ferry/http/upload/abilities.hpp>
#include <ferry/http/upload/part_digest.hpp>
#include <ferry/http/upload/put.hpp>
#include <ferry/http/upload/tus_replies.hpp>
#include <ferry/http/upload/watched_content.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::http {

/// An upload by tus 1.0 (https://tus.io/protocols/resumable-upload): a POST makes it at a place
/// that the server chooses, PATCH brings what is missing, HEAD tells how much has arrived.
///
/// upload_request::what is where uploads are made, ending in '/' or not; the name goes along as
/// metadata, and what becomes of it is the server's affair. So ::make_folders means nothing here,
/// nor does ::replace: what is made is always a new object.
/// A server that verifies parts gets the content in parts with their digests; else one request
/// brings it all, or as much as the server (or what stands before it) takes at a time.
/// An upload that is made at another origin hears neither credentials nor custom headers and has
/// no token: no file that we left behind shall decide who gets our bytes.
class tus_upload final : public upload_session {
  public:
    /// Makes an upload, or asks how much of the one that the token names has arrived.
    /// @param server  What it can do, as far as it has told.
    /// Errors: errc::session_lost; ::refused for what is too large; ::unsupported for another
    ///   version of tus; ::malformed; ::redirect_refused for a place to which no redirect may lead;
    ///   those of a request.
    static awaitable<result<std::unique_ptr<upload_session>>> begin(
        client& by, upload_abilities server, upload_request what);

    const std::string& token() const noexcept override { return what_.token; }
    std::uint64_t offset() const noexcept override { return offset_; }
    /// What is wrong only with one request, is asked about and put right: another offset than the
    /// server's (409), bytes that were damaged on the way (460), more than it takes at a time
    /// (413).
    awaitable<result<void>> send(content& from) override;
    awaitable<result<object_info>> finish() override;
    awaitable<result<void>> cancel() override;

  private:
    tus_upload(client& by, upload_abilities server, upload_request what);

    awaitable<result<void>> create();
    awaitable<result<void>> look_up();
    awaitable<result<std::uint64_t>> bytes_there();
    awaitable<result<answer>> patch(content& from, std::uint64_t end);
    awaitable<result<bool>> settle(answer got, std::uint64_t end);
    request about_upload(std::string_view method) const;

    client& client_;
    const upload_abilities server_;
    upload_request what_;
    url upload_ = {};
    bool own_origin_ = true;   ///< it is where the user wanted it, as far as origins go
    bool downgraded_ = false;  ///< the way there led from https to http
    std::uint64_t offset_ = 0;
    std::uint64_t next_ = 0;     ///< what is not known to be there begins here
    std::uint64_t sent_ = 0;     ///< the bytes of the last PATCH end here at the latest
    std::uint64_t reached_ = 0;  ///< nobody can have more than that of us
    std::uint64_t most_;         ///< bytes of one PATCH
};

/// The token of an upload by tus, and whether a token is one.
std::string tus_token(const url& upload);
bool is_tus_token(std::string_view token) noexcept;

}  // namespace ferry::http

#include <ferry/http/upload/impl/tus.ipp>
