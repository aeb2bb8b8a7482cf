#pragma once

#include <ferry/http/upload/bits_packets.hpp>

#include <memory>
#include <string>

namespace ferry::http {

/// An upload by the BITS upload protocol (MC-BUP), to Microsoft's IIS and whatever speaks as it
/// does: a session at the server takes in fragment after fragment, and knows after each
/// interruption which byte comes next.
class bits_upload final : public upload_session {
  public:
    /// Opens a session, or asks the one that the token names how much it has.
    /// @param contacts  Outlives what is returned.
    /// Errors: errc::session_lost, ::exists, ::unsupported if that is no BITS server; those of a
    ///   request.
    static awaitable<result<std::unique_ptr<upload_session>>> begin(
        client& by, bits_contacts& contacts, upload_request what);

    const std::string& token() const noexcept override { return token_; }
    std::uint64_t offset() const noexcept override { return offset_; }
    awaitable<result<void>> send(content& from) override;
    url reply() const override { return reply_; }
    /// The server may show the file only from here on. Errors that may pass are met by asking again
    ///   a few times.
    awaitable<result<object_info>> finish() override;
    /// As finish(). What has arrived as a whole stays.
    awaitable<result<void>> cancel() override;

  private:
    bits_upload(client& by, bits_contacts& contacts, upload_request what);

    awaitable<result<void>> send_all(content& from);
    awaitable<result<object_info>> close_session();
    awaitable<result<void>> cancel_session();
    awaitable<result<void>> open_session();
    awaitable<result<answer>> create();
    result<void> admit(const answer& got);
    awaitable<result<void>> greet_host();
    awaitable<result<void>> find_session();
    awaitable<result<void>> send_next(content& from);
    awaitable<result<void>> end_session(bits_packet how);
    awaitable<result<answer>> post(request what);
    awaitable<result<void>> prove_arrival(failure why);

    request packet(bits_packet kind) const;
    request fragment_head(byte_range part) const;
    request fragment(content& from, byte_range part) const;
    byte_range next_part() const noexcept;
    bool has_all() const noexcept;
    failure closing_failure(const result<answer>& got) const;
    static bool is_gone(const failure& why);
    result<void> heed(const answer& got, byte_range part);
    result<void> note_reply(const answer& got, const std::string& reference);
    static failure malformed(const answer& got, std::string_view why);
    static failure too_large(const answer& got, std::uint64_t size);

    client& client_;
    bits_contacts& contacts_;
    upload_request what_;
    bits_place place_ = {};
    url target_;  // of the next packet
    std::string token_ = {};
    std::uint64_t offset_ = 0;   // when the session began
    std::uint64_t next_ = 0;     // that the server wants
    bool next_is_known_ = true;  // it has told so, or has just opened the session
    bool complete_ = false;      // it has said that it has all
    bool continued_ = false;     // by its token
    bool asks_first_ = true;     // the server answers Expect: 100-continue
    unsigned setbacks_ = 0;      // fragments that brought it no further
    fragment_sizes sizes_ = {};
    url reply_ = {};
};

}  // namespace ferry::http

#include <ferry/http/upload/impl/bits_send.ipp>

#include <ferry/http/upload/impl/bits_begin.ipp>
#include <ferry/http/upload/impl/bits_end.ipp>
