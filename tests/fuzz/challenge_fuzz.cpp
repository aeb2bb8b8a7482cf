#include <ferry/http/auth/basic.hpp>
#include <ferry/http/auth/choice.hpp>
#include <ferry/http/auth/digest.hpp>

#include <fuzz/fuzz.hpp>

#include <algorithm>

using namespace ferry;
using fuzz::require;

namespace {

bool one_line(std::string_view text) {
    return std::none_of(
        text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

credentials some_user() {
    credentials who;
    who.user = "J\xc3\xa4\"s\\on";
    who.password = secret("top secret");
    return who;
}

void check_digest(const http::challenge& offer, const credentials& who) {
    auto session = http::accept_digest(offer, "cnonce");
    require(
        session.has_value() == (http::digest_strength(offer) > 0),
        "what is ranked can be accepted, and nothing else");
    if (!session) return;
    for (int i = 0; i < 2; ++i) {
        const auto said = http::digest_answer(*session, who, "GET", "/f?a=\"b\"");
        if (!said) continue;
        require(one_line(*said), "an answer fits into a field");
        require(http::parse_challenges(*said).size() == 1, "an answer has the form of a challenge");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto offers = http::parse_challenges(fuzz::text_of(data, size));
    require(offers.size() <= 32, "the number of challenges is limited");
    const auto who = some_user();
    for (const auto& offer : offers) {
        require(http::is_token(offer.scheme), "a scheme is a token");
        require(offer.parameters.size() <= 32, "the number of parameters is limited");
        require(offer.token.empty() || offer.parameters.empty(), "a token or parameters");
        if (http::scheme_of(offer) == auth_scheme::digest) check_digest(offer, who);
        (void)http::from_base64(offer.token);
    }
    for (const auto& way : http::ways(offers, who))
        require(http::scheme_of(offers[way.offer]) == way.scheme, "a way takes up an offer");
    require(one_line(http::explain_no_way(http::asker::server, offers, who)), "one line");
    require(http::explain_no_way(http::asker::proxy, offers, {}).size() < 800, "a short one");
    require(
        one_line(http::explain_refusal(http::asker::server, auth_scheme::digest, offers, who)),
        "one line");
    return 0;
}
