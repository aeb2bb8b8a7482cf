#include <support/bits_site.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace ferry::test {
namespace {

constexpr std::string_view protocol_id = "{7df0354d-249b-430f-820d-3d2a9bef4931}";
constexpr std::uint32_t session_not_found = 0x8020001F;
constexpr std::uint32_t too_large = 0x80200020;
constexpr std::uint32_t access_denied = 0x80070005;
constexpr std::uint32_t invalid_argument = 0x80070057;

std::string lower(std::string_view text) {
    std::string small(text);
    for (auto& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return small;
}

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

std::string hex(std::uint32_t value) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), value, 16).ptr;
    return "0x" + std::string(digits.begin(), end);
}

}  // namespace

bool bits_request::has(std::string_view name) const {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& one) {
        return lower(one.first) == lower(name);
    });
}

std::string bits_request::field(std::string_view name) const {
    for (const auto& [one, value] : fields)
        if (lower(one) == lower(name)) return value;
    return {};
}

std::string bits_request::packet() const {
    return method == "BITS_POST" ? lower(field("BITS-Packet-Type")) : method;
}

void bits_answer::set(const std::string& name, const std::string& value) {
    std::erase_if(fields, [&](const auto& one) { return lower(one.first) == lower(name); });
    fields.emplace_back(name, value);
}

void bits_site::roll_back(std::uint64_t bytes) {
    for (auto& [id, one] : sessions_) {
        one.bytes.resize(std::min<std::size_t>(one.bytes.size(), bytes));
        one.complete = false;
    }
}

std::uint64_t bits_site::held() const {
    return sessions_.size() == 1 ? sessions_.begin()->second.bytes.size() : 0;
}

bits_site::session* bits_site::find(const bits_request& asked) {
    const auto found = sessions_.find(asked.field("BITS-Session-Id"));
    return found == sessions_.end() ? nullptr : &found->second;
}

std::optional<bits_site::range> bits_site::range_of(std::string_view field) {
    if (!field.starts_with("bytes ")) return std::nullopt;
    field.remove_prefix(6);
    const auto slash = field.find('/');
    if (slash == field.npos) return std::nullopt;
    const auto total = number(field.substr(slash + 1));
    if (!total) return std::nullopt;
    if (field.substr(0, slash) == "*") return range{0, 0, *total};
    const auto dash = field.find('-');
    const auto first = number(field.substr(0, dash));
    const auto last = dash == field.npos ? first : number(field.substr(dash + 1, slash - dash - 1));
    if (!first || !last || *last < *first || *last >= *total) return std::nullopt;
    return range{*first, *last + 1, *total};
}

/// What is wrong with the form of a packet; empty: nothing.
std::string bits_site::form_of(const bits_request& asked, std::string_view body) const {
    const auto kind = asked.packet();
    for (const auto* once :
         {"Host", "Content-Length", "BITS-Packet-Type", "BITS-Session-Id", "Content-Range"}) {
        const auto times = std::count_if(asked.fields.begin(), asked.fields.end(), [&](auto& one) {
            return lower(one.first) == lower(once);
        });
        if (times > 1) return std::string(once) + " twice";
    }
    for (const auto& [name, value] : asked.fields)
        if (value.size() > 4'096) return name + " is too long";
    if (!asked.has("Host")) return "no Host";
    if (!asked.has("Content-Length")) return "no Content-Length";
    if (asked.has("Transfer-Encoding") || asked.has("Range") || asked.has("Content-Encoding"))
        return "a field that is not for this protocol";
    if (number(asked.field("Content-Length")) != body.size()) return "the body has another length";
    const bool data = kind == "fragment";
    if (kind != "ping" && kind != "create-session" && kind != "close-session" &&
        kind != "cancel-session" && !data)
        return "unknown packet " + kind;
    if (!data && !body.empty()) return "content in " + kind;
    if (data != asked.has("Content-Range")) return "Content-Range where none may be, or none";
    if (kind == "create-session") {
        if (asked.has("BITS-Session-Id")) return "an id in Create-Session";
        if (!asked.has("BITS-Supported-Protocols")) return "no BITS-Supported-Protocols";
        if (asked.field("Content-Name").empty()) return "no Content-Name";
    } else if (asked.field("BITS-Session-Id").empty()) {
        return "no BITS-Session-Id in " + kind;
    }
    return {};
}

std::optional<bits_answer> bits_site::refuse(const bits_request& asked) {
    if (asked.packet() != "fragment") return std::nullopt;
    const auto length = number(asked.field("Content-Length")).value_or(0);
    if (length <= most_in_fragment) return std::nullopt;
    bits_answer no;  // as the web server says it, which knows nothing of BITS
    no.status = 413;
    return no;
}

bits_answer bits_site::answer(const bits_request& asked, std::string_view body) {
    if (asked.method == "OPTIONS") return {200, {{"Allow", allow}, {"Public", allow}}, ""};
    if (asked.method == "GET" || asked.method == "HEAD") {
        const auto& from = served.contains(asked.target) ? served : files;
        const auto found = from.find(asked.target);
        if (found == from.end()) return {404, {}, ""};
        return {200, {}, found->second};
    }
    if (asked.method != "BITS_POST") return offence(asked, "method " + asked.method);
    if (const auto wrong = form_of(asked, body); !wrong.empty()) return offence(asked, wrong);
    if (!enabled) return fail(asked, 501, access_denied);
    const auto kind = asked.packet();
    if (kind == "create-session") return create(asked);
    auto* const known = find(asked);
    if (!known) return fail(asked, 500, session_not_found);
    if (known->target != asked.target) return offence(asked, "another target than the session's");
    if (kind == "ping") return ack(asked, nullptr);
    if (kind == "fragment") return fragment(asked, body);
    return end(asked);
}

bits_answer bits_site::create(const bits_request& asked) {
    if (lower(asked.field("BITS-Supported-Protocols")).find(protocol_id) == std::string::npos)
        return offence(asked, "no protocol in common");
    if (!overwrites && files.contains(asked.target)) return fail(asked, 403, access_denied);
    const auto id = session_start + std::to_string(100'000'000'000 + ++sessions_made) + "}";
    sessions_.emplace(id, session{asked.target});
    bits_answer got = ack(asked, nullptr);
    got.set("BITS-Session-Id", id);
    got.set("BITS-Protocol", std::string(protocol_id));
    got.set("Accept-Encoding", "Identity");
    if (!host_id.empty()) got.set("BITS-Host-Id", host_id);
    if (!fallback.empty()) got.set("BITS-Host-Id-Fallback-Timeout", fallback);
    return got;
}

bits_answer bits_site::fragment(const bits_request& asked, std::string_view body) {
    auto& into = *find(asked);
    const auto part = range_of(asked.field("Content-Range"));
    if (!part) return offence(asked, "Content-Range: " + asked.field("Content-Range"));
    if (part->end - part->first != body.size()) return offence(asked, "content of another length");
    if (into.total.value_or(part->total) != part->total) return offence(asked, "another total");
    if (part->total > most_in_file) return fail(asked, 500, too_large, &into);
    if (body.empty() && part->total > 0) {
        const bool in_416 = question == empty_fragment::in_416;
        auto got = fail(asked, in_416 ? 416 : 400, in_416 ? 0 : invalid_argument, &into);
        if (question == empty_fragment::bare)
            std::erase_if(got.fields, [](const auto& one) {
                return one.first == "BITS-Received-Content-Range";
            });
        return got;
    }
    const bool first = part->first == 0;
    if (first != asked.has("Content-Name")) return offence(asked, "Content-Name is for the first");
    return take(asked, into, body, *part);
}

bits_answer bits_site::take(
    const bits_request& asked, session& into, std::string_view body, range part) {
    into.total = part.total;
    const auto have = into.bytes.size();
    if (part.first > have || (!takes_overlap && part.first != have))
        return fail(asked, 416, 0, &into);
    if (part.end > have) into.bytes += body.substr(have - part.first);
    if (into.bytes.size() == part.total) complete(into);
    return ack(asked, &into);
}

void bits_site::complete(session& one) {
    if (!one.complete && !shown_when_closed) files[one.target] = one.bytes;
    one.complete = true;
}

bits_answer bits_site::end(const bits_request& asked) {
    const auto& one = *find(asked);
    const bool closes = asked.packet() == "close-session";
    if (closes && !one.complete) return offence(asked, "closed too early");
    if (closes && shown_when_closed) files[one.target] = one.bytes;
    auto got = ack(asked, nullptr);
    sessions_.erase(asked.field("BITS-Session-Id"));
    return got;
}

void bits_site::cut(const bits_request& asked, std::string_view body) {
    auto* const into = find(asked);
    const auto part = range_of(asked.field("Content-Range"));
    if (!keeps_part || !into || !part || asked.packet() != "fragment") return;
    const auto have = into->bytes.size();
    if (part->first > have || part->first + body.size() <= have) return;
    into->total = part->total;
    into->bytes += body.substr(have - part->first);
    // The last byte may have arrived although nobody has said so.
    if (into->bytes.size() == part->total) complete(*into);
}

bits_answer bits_site::ack(const bits_request& asked, const session* about) const {
    bits_answer got;
    got.set("BITS-Packet-Type", "Ack");
    const auto id = asked.field("BITS-Session-Id");
    if (!id.empty() && asked.packet() != "ping") got.set("BITS-Session-Id", id);
    if (!about) return got;
    got.set("BITS-Received-Content-Range", std::to_string(about->bytes.size()));
    if (about->complete && reply_url) got.set("BITS-Reply-URL", *reply_url);
    return got;
}

bits_answer bits_site::fail(
    const bits_request& asked, int status, std::uint32_t error, const session* about) {
    auto got = ack(asked, about);
    std::erase_if(got.fields, [](const auto& one) { return one.first == "BITS-Reply-URL"; });
    got.status = status;
    got.set(errors == spelling::win32 ? "BITS-Error-Code" : "BITS-Error", hex(error));
    got.set("BITS-Error-Context", "0x5");
    return got;
}

bits_answer bits_site::offence(const bits_request& asked, const std::string& what) {
    offences.push_back(asked.packet() + ": " + what);
    return fail(asked, 400, invalid_argument);
}

}  // namespace ferry::test
