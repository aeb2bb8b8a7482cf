#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/http/client.hpp>
#include <ferry/http/upload/abilities.hpp>
#include <ferry/http/upload/bits_packets.hpp>
#include <ferry/protocol.hpp>

#include <memory>
#include <string_view>

namespace ferry::http {

/// HTTP/1.1 and 1.0, plain and over TLS (RFC 9110, 9112): `http` and `https` URLs.
///
/// One GET does it all: its reply tells size, version and whether parts can be asked for, and
/// brings the bytes. Connections are kept and reused, up to 64 idle ones for 30 s; their number is
/// not limited otherwise. Redirects are followed as access_options says. Who we are is told only to
/// those who ask and whom it concerns (401, 407; see auth/authenticator.hpp).
/// A connection whose copy() ended early, failed or was cancelled is closed.
/// Threads: open() and what it returns belong to the executor `on`, which must be a strand or run
///   by one thread. Must outlive its sources, and be outlived by `time` and `disk`.
class protocol final : public ferry::protocol {
  public:
    protocol(asio::any_io_executor on, clock& time, disk_pool& disk);

    bool speaks(std::string_view scheme) const noexcept override;
    /// Refuses credentials in a URL, and header fields that ferry sets itself or that are none.
    result<void> check(const url& what, const access_options& access) const override;

    /// Cancellation: terminal; closes the connection, completes with errc::cancelled.
    [[nodiscard]] awaitable<result<std::unique_ptr<source>>> open(open_request what) override;

    /// By PUT, tus or the BITS upload protocol: as asked for, or the best that the server names
    /// when it is asked with OPTIONS. Redirects and questions who we are: as with open().
    [[nodiscard]] awaitable<result<std::unique_ptr<upload_session>>> begin_upload(
        upload_request what) override;

    /// By MKCOL, as WebDAV has it. A server without that answers that it may not be used, which is
    /// also what one says that has the folder (405; RFC 4918, 9.3.1): that is no failure.
    [[nodiscard]] awaitable<result<void>> make_folder(folder_request what, bool parents) override;

    /// What the server says about an object, without fetching it: HEAD, or a GET of one byte where
    /// the server does not know HEAD (405, 501). Errors and cancellation: those of open().
    [[nodiscard]] awaitable<result<object_info>> probe(
        url what, std::shared_ptr<const access_options> access);

    /// The address `local` is no longer this machine's: closes the idle connections that go out
    /// from it and breaks the busy ones, whose transfers fail at once with
    /// std::errc::connection_reset, which is transient, instead of waiting for a timeout.
    void drop(const asio::ip::address& local) { client_.drop(local); }

  private:
    struct opened {
        std::unique_ptr<exchange> reply;
        meaning means;
    };
    awaitable<result<std::unique_ptr<source>>> open_uncaught(open_request what);
    awaitable<result<object_info>> probe_uncaught(
        url what, std::shared_ptr<const access_options> access);
    awaitable<result<opened>> ask(request what);
    using begun = result<std::unique_ptr<upload_session>>;
    awaitable<result<void>> make_folder_uncaught(folder_request what, bool parents);
    awaitable<begun> begin_uncaught(upload_request what);
    awaitable<begun> begin_anew(upload_request what);
    awaitable<begun> begin_put(upload_request what);
    awaitable<begun> begin_tus(upload_request what);

    client client_;
    upload_survey survey_;
    bits_contacts bits_contacts_;
};

}  // namespace ferry::http

#include <ferry/http/impl/protocol.ipp>
#include <ferry/http/impl/protocol_upload.ipp>
