#include <ferry/events.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test::events_test {
namespace {

/// Listeners that write down their names when they are told.
struct news_fixture {
    std::optional<job_events> events{std::in_place};
    std::string told = {};

    std::shared_ptr<void> listen(char name) {
        return events->subscribe([this, name](const job&, job_news) { told += name; });
    }
    std::string tell() {
        told.clear();
        events->tell({}, job_news::state);
        return told;
    }
};

}  // namespace

TEST_CASE("events: every listener is told what happened to which job, in the order of arrival") {
    news_fixture on;
    CHECK(on.tell() == "");
    const auto a = on.listen('a');
    std::vector<std::string> ids;
    std::vector<job_news> news;
    const auto b = on.events->subscribe([&](const job& about, job_news what) {
        on.told += 'b';
        ids.push_back(about.id);
        news.push_back(what);
    });
    const auto c = on.listen('c');
    CHECK(on.tell() == "abc");
    job one;
    one.id = "one";
    on.events->tell(one, job_news::progress);
    CHECK(ids == std::vector<std::string>{"", "one"});
    CHECK(news == std::vector{job_news::state, job_news::progress});
}

TEST_CASE("events: who has unsubscribed is not told, wherever it stood") {
    for (const char gone : {'a', 'b', 'c'}) {
        CAPTURE(gone);
        news_fixture on;
        std::string left;
        std::vector<std::shared_ptr<void>> subscriptions;
        for (const char name : {'a', 'b', 'c'}) {
            auto one = on.listen(name);
            if (name == gone) continue;
            subscriptions.push_back(std::move(one));
            left += name;
        }
        CHECK(on.tell() == left);
        CHECK(on.tell() == left);
    }
}

TEST_CASE("events: a listener may end any subscription while it is told, also its own") {
    for (const char ends : {'a', 'b', 'c'}) {
        CAPTURE(ends);
        news_fixture on;
        std::shared_ptr<void> a, b, c;
        a = on.listen('a');
        const auto token = std::make_shared<int>();  // a use after the closure's end shows in ASan
        b = on.events->subscribe([&, token](const job&, job_news) {
            (ends == 'a' ? a : ends == 'b' ? b : c).reset();
            on.told += 'b';
            CHECK(token.use_count() > 0);
        });
        c = on.listen('c');
        CHECK(on.tell() == (ends == 'c' ? "ab" : "abc"));
        CHECK(on.tell() == (ends == 'a' ? "bc" : ends == 'b' ? "ac" : "ab"));
        b.reset();
        CHECK(token.use_count() == 1);
    }
}

TEST_CASE("events: all subscriptions may end while one of them is told") {
    news_fixture on;
    std::vector<std::shared_ptr<void>> all;
    all.push_back(on.listen('a'));
    all.push_back(on.events->subscribe([&](const job&, job_news) {
        all.clear();
        on.told += 'b';
    }));
    all.push_back(on.listen('c'));
    CHECK(on.tell() == "ab");
    CHECK(on.tell() == "");
}

TEST_CASE("events: who subscribes while others are told hears of later news, once of each") {
    news_fixture on;
    std::shared_ptr<void> late;
    const auto first = on.events->subscribe([&](const job&, job_news) {
        if (!late) late = on.listen('l');
        on.told += 'f';
    });
    static_cast<void>(on.tell());
    CHECK(on.tell() == "fl");
    CHECK(on.tell() == "fl");
}

TEST_CASE("events: a listener may tell of more, which all hear before the older news go on") {
    news_fixture on;
    int depth = 0;
    const auto a = on.listen('a');
    const auto b = on.events->subscribe([&](const job& about, job_news what) {
        on.told += 'b';
        if (++depth == 1) on.events->tell(about, what);
    });
    const auto c = on.listen('c');
    CHECK(on.tell() == "ababcc");
}

TEST_CASE("events: a subscription outlives the events, and is nobody's afterwards") {
    news_fixture on;
    const auto token = std::make_shared<int>();
    auto mine = on.events->subscribe([token](const job&, job_news) {});
    on.events.reset();
    CHECK(token.use_count() == 2);
    mine.reset();
    CHECK(token.use_count() == 1);
}

TEST_CASE("events: what a listener holds is let go with its subscription, not with the next news") {
    news_fixture on;
    const auto token = std::make_shared<int>();
    auto mine = on.events->subscribe([token](const job&, job_news) {});
    mine.reset();
    CHECK(token.use_count() == 1);
}

}  // namespace ferry::test::events_test
