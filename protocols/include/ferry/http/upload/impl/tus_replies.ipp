#pragma once

#include <optional>
#include <string>
#include <utility>

namespace ferry::http {
namespace detail {

/// A field that holds one number; none: it is not there, not alone, or no number.
inline std::optional<std::uint64_t> number_in(const response_head& reply, std::string_view name) {
    if (reply.fields.count(name) != 1) return std::nullopt;
    return parse_number(*reply.fields.find(name));
}

/// What a person cannot tell from the status alone, when it is about an upload by tus.
inline std::string remark_on_tus(const answer& got) {
    const auto told = [&](std::string_view name) { return printable(got.field(name), 60); };
    switch (got.head.status) {
        case 404:
        case 405:
        case 501:
            return " (no uploads by tus are made there)";
        case 412:
            return " (it does not speak tus 1.0.0, but \"" + told("Tus-Version") + "\")";
        case 413:
            return got.field("Tus-Max-Size").empty()
                       ? " (the server takes no file of that size)"
                       : " (the server takes at most " + told("Tus-Max-Size") + " bytes)";
        case 423:
            return " (the server is still busy with an earlier part)";
        case 460:
            return " (the bytes were damaged on the way)";
        default:
            return std::string(remark_on(got.head.status));
    }
}

}  // namespace detail

inline failure tus_refusal(const answer& got, wall_time now) {
    auto why = status_failure(got.asked, got.head, now);
    const int status = got.head.status;
    why.detail = title(got.asked, got.head) + detail::remark_on_tus(got);
    if (status == 412) why.code = errc::unsupported;
    if (status == 423) why.code = errc::overloaded;
    if (status == 460) why.code = errc::checksum_mismatch;
    return why;
}

inline result<url> tus_place(const answer& made) {
    const auto fail = [&](errc code, std::string_view why) {
        return detail::reply_failure(code, made.asked, made.head, why);
    };
    if (made.head.fields.count("Location") > 1)
        return fail(errc::malformed, "an upload at several places at once");
    const auto location = made.field("Location");
    if (location.empty())
        return fail(errc::malformed, "it does not say where the upload is (no Location)");
    auto place = resolve(made.asked.what, location);
    if (!place)
        return fail(
            errc::malformed, "an upload at something that is no URL: " + printable(location, 200));
    place->user_info.clear();
    place->fragment.clear();

    const auto refuse = [&](std::string_view why) {
        return fail(errc::redirect_refused, std::string(why) + ": " + to_string(*place));
    };
    const auto& access = *made.asked.access;
    if (place->scheme != "http" && place->scheme != "https")
        return refuse("an upload out of http and https");
    if (access.redirects == redirect_policy::forbid && place->origin() != made.asked.what.origin())
        return refuse("redirects are forbidden, and the upload is elsewhere");
    if (made.asked.what.scheme == "https" && place->scheme == "http" && !access.allow_downgrade)
        return refuse("an upload from https to unprotected http");
    return std::move(*place);
}

inline tus_verdict judge_patch(const response_head& reply, std::uint64_t end) noexcept {
    switch (reply.status) {
        case 409:
        case 460:
            return tus_verdict::doubtful;
        case 413:
            return tus_verdict::too_many;
        case 404:
        case 410:
            return tus_verdict::lost;
        default:
            if (reply.status < 200 || reply.status >= 300) return tus_verdict::refused;
            return detail::number_in(reply, "Upload-Offset") == end ? tus_verdict::taken
                                                                    : tus_verdict::doubtful;
    }
}

inline failure patch_refusal(const answer& got, std::uint64_t end, wall_time now) {
    if (got.succeeded()) {
        const auto said = printable(got.field("Upload-Offset"), 40);
        return detail::reply_failure(
            errc::malformed, got.asked, got.head,
            "Upload-Offset \"" + said + "\" instead of " + std::to_string(end));
    }
    auto why = tus_refusal(got, now);
    if (judge_patch(got.head, end) == tus_verdict::lost) why.code = errc::session_lost;
    return why;
}

inline result<std::uint64_t> tus_offset(const answer& got, std::uint64_t size, wall_time now) {
    const int status = got.head.status;
    const auto fail = [&](errc code, std::string_view why) {
        return detail::reply_failure(code, got.asked, got.head, why);
    };
    if (status == 403 || status == 404 || status == 410)
        return failure{
            errc::session_lost, title(got.asked, got.head), error_context::remote_file, status};
    if (!got.succeeded()) return tus_refusal(got, now);
    const auto there = detail::number_in(got.head, "Upload-Offset");
    if (!there) return fail(errc::malformed, "it does not say how much is there (Upload-Offset)");
    const auto length = got.head.fields.find("Upload-Length");
    if ((length && parse_number(*length) != size) || *there > size)
        return fail(errc::session_lost, "other bytes than ours");
    return *there;
}

}  // namespace ferry::http
