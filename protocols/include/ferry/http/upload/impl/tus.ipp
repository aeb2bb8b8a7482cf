#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {
namespace detail {

inline constexpr std::string_view tus_token_start = "tus ";

/// With digests: what is damaged or cut off is lost up to here.
inline constexpr std::uint64_t tus_checked_part = 16U << 20;

/// Who takes no content of this size takes none.
inline constexpr std::uint64_t tus_smallest_part = 256U << 10;

/// Replies in a row that brought nothing forward.
inline constexpr unsigned tus_most_setbacks = 3;

inline failure too_large_for_tus(const upload_request& what, std::uint64_t most) {
    return {
        errc::refused,
        to_string(what.what) + ": " + std::to_string(what.size) +
            " bytes, and the server takes at most " + std::to_string(most) + " (Tus-Max-Size)",
        error_context::remote_file};
}

}  // namespace detail

inline std::string tus_token(const url& upload) {
    return std::string(detail::tus_token_start) + to_string(upload);
}

inline bool is_tus_token(std::string_view token) noexcept {
    return token.starts_with(detail::tus_token_start);
}

inline tus_upload::tus_upload(client& by, upload_abilities server, upload_request what)
    : client_(by),
      server_(std::move(server)),
      what_(std::move(what)),
      most_(server_.tus_checksum.empty() ? what_.size : detail::tus_checked_part) {}

inline awaitable<result<std::unique_ptr<upload_session>>> tus_upload::begin(
    client& by, upload_abilities server, upload_request what) {
    const bool anew = what.token.empty();
    const auto most = server.tus_max_size.value_or(what.size);
    if (anew && server.tus_only_continues)
        co_return failure{
            errc::unsupported, to_string(what.what) + ": its tus makes no uploads (creation)",
            error_context::remote_file};
    if (anew && what.size > most) co_return detail::too_large_for_tus(what, most);
    std::unique_ptr<tus_upload> session(new tus_upload(by, std::move(server), std::move(what)));
    result<void> ready;
    if (anew) {
        ready = co_await session->create();
    } else {
        ready = co_await session->look_up();
    }
    if (!ready) co_return std::move(ready.error());
    co_return session;
}

inline awaitable<result<void>> tus_upload::create() {
    upload_ = what_.what;
    auto make = about_upload("POST");
    make.fields.push_back("Upload-Length: " + std::to_string(what_.size));
    if (!what_.name.empty())
        make.fields.push_back("Upload-Metadata: filename " + to_base64(what_.name));
    make.content = request_content();
    // Twice, it leaves something empty behind that the server forgets some day. But an upload
    // without bytes is an object at once.
    make.repeatable = what_.size > 0;
    auto got = co_await ask(client_, std::move(make));
    if (!got) co_return std::move(got.error());
    if (!got->succeeded()) co_return tus_refusal(*got, client_.time().wall());
    auto place = tus_place(*got);
    if (!place) co_return std::move(place.error());
    upload_ = std::move(*place);
    // who was asked at another origin does not decide what is told to ours
    own_origin_ = got->asked.own_origin && upload_.origin() == what_.what.origin();
    downgraded_ =
        got->asked.downgraded || (got->asked.what.scheme == "https" && upload_.scheme == "http");
    if (own_origin_ && what_.size >= worth_continuing) what_.token = tus_token(upload_);
    co_return result<void>();
}

inline awaitable<result<void>> tus_upload::look_up() {
    auto known = parse_url(std::string_view(what_.token).substr(detail::tus_token_start.size()));
    if (!known || known->origin() != what_.what.origin())
        co_return failure{errc::session_lost, "the journal names another server's upload"};
    upload_ = std::move(*known);
    reached_ = what_.size;
    auto there = co_await bytes_there();
    if (!there) co_return std::move(there.error());
    offset_ = next_ = *there;
    co_return result<void>();
}

inline request tus_upload::about_upload(std::string_view method) const {
    request to;
    to.method = method;
    to.what = upload_;
    to.access = what_.access;
    to.own_origin = own_origin_;
    to.downgraded = downgraded_;
    to.fields = {"Tus-Resumable: 1.0.0"};
    return to;
}

inline awaitable<result<std::uint64_t>> tus_upload::bytes_there() {
    auto look = about_upload("HEAD");
    auto got = co_await ask(client_, std::move(look));
    if (!got) co_return std::move(got.error());
    auto there = tus_offset(*got, what_.size, client_.time().wall());
    if (there && *there > reached_)
        co_return detail::reply_failure(
            errc::session_lost, got->asked, got->head, "more bytes than we have sent");
    co_return there;
}

/// Sends the bytes from next_ to `end`.
inline awaitable<result<answer>> tus_upload::patch(content& from, std::uint64_t end) {
    auto to = about_upload("PATCH");
    to.repeatable = true;  // what has arrived does not arrive twice: that is another offset
    to.fields.push_back("Content-Type: application/offset+octet-stream");
    to.fields.push_back("Upload-Offset: " + std::to_string(next_));
    const byte_range part{next_, end};
    if (const auto& algorithm = server_.tus_checksum; !algorithm.empty() && from.rereadable()) {
        auto digest = co_await digest_of_part(from, part, algorithm, client_.disk());
        if (!digest) co_return std::move(digest.error());
        to.fields.push_back("Upload-Checksum: " + algorithm + " " + *digest);
    }
    watched_content watched(from, part.first);
    to.content = request_content{&watched, part.first, part.size()};
    to.content->ask_first = part.size() >= worth_asking;
    to.content->may_stop = true;
    to.content->stall_timeout = what_.stall_timeout;
    auto got = co_await ask(client_, std::move(to));
    sent_ = watched.reached();
    reached_ = std::max(reached_, sent_);
    co_return got;
}

/// Draws the consequences of a reply to PATCH: moves next_, or lowers most_. false: the reply alone
/// did not tell what is there.
inline awaitable<result<bool>> tus_upload::settle(answer got, std::uint64_t end) {
    const auto verdict = judge_patch(got.head, end);
    if (verdict == tus_verdict::taken) {
        if (sent_ < end)
            co_return detail::reply_failure(
                errc::malformed, got.asked, got.head, "before it had got all of the content");
        next_ = end;
        co_return true;
    }
    if (verdict == tus_verdict::too_many && end - next_ > detail::tus_smallest_part) {
        most_ = std::max(detail::tus_smallest_part, (end - next_) / 2);
        co_return true;
    }
    if (verdict != tus_verdict::doubtful) co_return patch_refusal(got, end, client_.time().wall());
    auto there = co_await bytes_there();
    if (!there) co_return std::move(there.error());
    next_ = *there;
    co_return false;
}

inline awaitable<result<void>> tus_upload::send(content& from) {
    if (next_ == what_.size) {
        auto same = co_await from.unchanged();
        co_return same;
    }
    auto highest = next_;  // a server that goes back and forth brings nothing forward
    for (unsigned setbacks = 0; next_ < what_.size;) {
        const auto end = next_ + std::min(what_.size - next_, most_);
        auto got = co_await patch(from, end);
        if (!got) co_return std::move(got.error());
        auto sure = co_await settle(*got, end);
        if (!sure) co_return std::move(sure.error());
        if (next_ > highest) {
            highest = next_;
            setbacks = 0;
        } else if (!*sure && ++setbacks == detail::tus_most_setbacks) {
            co_return patch_refusal(*got, end, client_.time().wall());
        }
    }
    co_return result<void>();
}

inline awaitable<result<object_info>> tus_upload::finish() {
    object_info object;
    object.size = what_.size;
    object.location = upload_;
    co_return object;
}

inline awaitable<result<void>> tus_upload::cancel() {
    if (!server_.tus_deletes) co_return result<void>();
    auto give_up = about_upload("DELETE");
    auto got = co_await ask(client_, std::move(give_up));
    if (!got) co_return std::move(got.error());
    const int status = got->head.status;
    if (got->succeeded() || status == 404 || status == 410) co_return result<void>();
    co_return tus_refusal(*got, client_.time().wall());
}

}  // namespace ferry::http
