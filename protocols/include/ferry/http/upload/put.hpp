#pragma once

#include <ferry/http/copy.hpp>
#include <ferry/http/upload/abilities.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ferry::http {

/// An upload by one PUT (RFC 9110, 9.3.4). Where it ends half-way, it has to begin anew: there is
/// no telling what a server does with half a content.
class put_upload final : public upload_session {
  public:
    put_upload(client& by, upload_request what) : client_(by), what_(std::move(what)) {}

    const std::string& token() const noexcept override { return token_; }
    std::uint64_t offset() const noexcept override { return 0; }
    awaitable<result<void>> send(content& from) override;
    awaitable<result<object_info>> finish() override;
    awaitable<result<void>> cancel() override;

  private:
    awaitable<result<answer>> put(content& from);
    awaitable<failure> explain(answer got);
    awaitable<result<void>> prove(url where, url led_to);

    client& client_;
    upload_request what_;
    const std::string token_ = {};
    object_info object_ = {};
};

/// An upload to Apache's WebDAV module, which writes the content of a PUT with Content-Range into
/// what is there already: under a hidden name first, so that it can be continued, and moved to its
/// own when it is whole (RFC 4918, 9.9).
class spliced_upload final : public upload_session {
  public:
    /// Begins, or looks how much is there. Errors: errc::session_lost; those of a request.
    static awaitable<result<std::unique_ptr<upload_session>>> begin(
        client& by, upload_request what);

    const std::string& token() const noexcept override { return what_.token; }
    std::uint64_t offset() const noexcept override { return offset_; }
    awaitable<result<void>> send(content& from) override;
    awaitable<result<object_info>> finish() override;
    awaitable<result<void>> cancel() override;

  private:
    spliced_upload(client& by, upload_request what, url partial)
        : client_(by), what_(std::move(what)), partial_(std::move(partial)) {}

    awaitable<result<std::uint64_t>> bytes_there();
    awaitable<result<void>> prove(content& from);
    awaitable<result<answer>> put_nothing(content& from);
    awaitable<result<void>> make_partial(content& from);
    awaitable<result<answer>> put_rest(content& from);
    awaitable<result<answer>> ask_about_partial(std::string_view method);
    awaitable<result<void>> move_to(url destination, bool replace);
    awaitable<bool> has_arrived(url destination);
    std::shared_ptr<const access_options> access_to(const url& where) const;
    url beside_what_landed() const;

    client& client_;
    upload_request what_;
    url partial_;
    url landed_ = {};       // where a request for partial_ ended, after redirects
    std::string tag_ = {};  // of what was there then
    std::uint64_t offset_ = 0;
    bool anew_ = false;  // there is no partial yet
};

/// Makes the folder `where`, and those that lead to it if `parents` (MKCOL; RFC 4918, 9.3).
/// @param where  With '/' at its end.
/// Errors: those of the first that can neither be made nor is there.
[[nodiscard]] awaitable<result<void>> make_collections(
    client& by, url where, std::shared_ptr<const access_options> access, bool parents = true);

/// What a WebDAV server has under a name.
enum class dav_place { vacant, object, folder, unknown };
/// Asks for it (PROPFIND; RFC 4918, 9.1). Errors: those after which it may be asked again.
[[nodiscard]] awaitable<result<dav_place>> look_at_place(
    client& by, url where, std::shared_ptr<const access_options> access);

/// Does the server say that there is nothing at `where`? Apache says so of folders, unless it is
/// asked as WebDAV does.
[[nodiscard]] awaitable<result<bool>> is_missing(
    client& by, url where, std::shared_ptr<const access_options> access);

/// Is there a folder at `where`, as far as that can be told?
[[nodiscard]] awaitable<bool> is_folder(
    client& by, url where, std::shared_ptr<const access_options> access);

/// The token of an upload by PUT, and whether a token is one.
std::string put_token(const url& partial);
bool is_put_token(std::string_view token) noexcept;

}  // namespace ferry::http

#include <ferry/http/upload/impl/collections.ipp>
#include <ferry/http/upload/impl/dav_place.ipp>
#include <ferry/http/upload/impl/put.ipp>
#include <ferry/http/upload/impl/spliced.ipp>
