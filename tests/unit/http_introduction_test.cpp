// Who we are, told by many requests at once.
#include <ferry/http/auth/introduction.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace ferry::test::http_introduction_test {

namespace http = ferry::http;
using namespace std::chrono_literals;

namespace {

struct world {
    ferry::test::loop on;
    ferry::disk_pool disk{1};
    http::standings known{on.io.get_executor(), on.time, disk};

    std::unique_ptr<http::introduction> introduction() {
        ferry::credentials ann;
        ann.user = "ann";
        ann.password = ferry::secret("top secret");
        return std::make_unique<http::introduction>(
            known, http::asker::server, "h", "http://h", std::move(ann));
    }
    auto challenge(http::introduction& us) {
        http::response_head reply;
        reply.status = 401;
        reply.fields.begin();
        reply.fields.append_name("WWW-Authenticate");
        reply.fields.append_value("Basic realm=x");
        return on.start(us.challenged(std::move(reply)));
    }
    auto answer(http::introduction& us) { return on.start(us.answer("GET", "/f")); }

    /// As far as an answer, which is under way then.
    void answers(http::introduction& us) {
        const auto asked = challenge(us);
        REQUIRE(asked->ready());
        CHECK(*asked->value);
        CHECK(said(answer(us)));
    }
    static bool said(const auto& going) {
        return going->ready() && *going->value && **going->value != "";
    }
    static bool refused(const auto& going) {
        return going->ready() && !*going->value && going->value->error().code == errc::unauthorized;
    }
};

}  // namespace

TEST_CASE("http introduction: until an answer was taken, one request at a time gives it") {
    world in;
    const auto first = in.introduction(), second = in.introduction(), third = in.introduction();
    in.answers(*first);
    const auto asked = in.challenge(*second);
    const auto unasked = in.answer(*third);
    in.on.advance(1s);
    CHECK_FALSE(asked->ready());
    CHECK_FALSE(unasked->ready());
    first->accepted();
    in.on.settle();
    REQUIRE(asked->ready());
    CHECK(*asked->value);
    CHECK(in.said(unasked));
    const auto fourth = in.introduction(), fifth = in.introduction();
    CHECK(in.said(in.answer(*fourth)));
    CHECK(in.said(in.answer(*fifth)));
}

TEST_CASE("http introduction: after a refusal the next one tries, and after three nobody") {
    world in;
    std::vector<std::unique_ptr<http::introduction>> all;
    for (int i = 0; i < 8; ++i) all.push_back(in.introduction());
    in.answers(*all[0]);
    std::vector<decltype(in.challenge(*all[0]))> asked = {nullptr};
    for (int i = 1; i < 8; ++i) asked.push_back(in.challenge(*all[i]));

    const auto under_way = [&] {
        std::vector<int> those;
        for (int i = 0; i < 8; ++i)
            if (all[i] && (!asked[i] || (asked[i]->ready() && *asked[i]->value)))
                those.push_back(i);
        return those;
    };
    for (int tries = 1; tries <= 3; ++tries) {
        INFO("try ", tries);
        const auto now = under_way();
        REQUIRE(now.size() == 1);
        auto& mine = all[now.front()];
        if (tries > 1) CHECK(in.said(in.answer(*mine)));
        CHECK(in.refused(in.challenge(*mine)));
        mine.reset();
        in.on.settle();
    }
    int not_tried = 0;
    for (int i = 0; i < 8; ++i) not_tried += all[i] && in.refused(asked[i]) ? 1 : 0;
    CHECK(not_tried == 5);
}

TEST_CASE("http introduction: nobody waits longer than two seconds") {
    world in;
    const auto first = in.introduction(), second = in.introduction();
    in.answers(*first);
    const auto asked = in.challenge(*second);
    in.on.advance(1999ms);
    CHECK_FALSE(asked->ready());
    in.on.advance(1ms);
    REQUIRE(asked->ready());
    CHECK(*asked->value);
}

TEST_CASE("http introduction: one that is given up lets the next one try") {
    world in;
    auto first = in.introduction();
    const auto second = in.introduction();
    in.answers(*first);
    const auto asked = in.challenge(*second);
    CHECK_FALSE(asked->ready());
    first.reset();
    in.on.settle();
    CHECK(asked->ready());
}

TEST_CASE("http introduction: whoever waits can be cancelled") {
    world in;
    const auto first = in.introduction(), second = in.introduction();
    in.answers(*first);
    const auto asked = in.challenge(*second);
    asked->cancel();
    in.on.settle();
    REQUIRE(asked->ready());
    CHECK(asked->value->error().code == errc::cancelled);
}

}  // namespace ferry::test::http_introduction_test
