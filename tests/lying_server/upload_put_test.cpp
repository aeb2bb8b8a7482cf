// Uploads by PUT: what goes over the wire, in which order, and when it counts (RFC 9110, 9.3.4).
#include "upload_stage.hpp"

namespace ferry::test::upload_put_test {
namespace {

constexpr std::size_t sizes[] = {0, 1, 65'535, 65'536, 65'537, (1U << 20) - 1, 1U << 20, 5'000'000};

// --- What is sent -------------------------------------------------------------------------------

template <class Stage>
void send_all_sizes() {
    Stage on;
    for (const auto* way : both_ways) {
        for (const auto size : sizes) {
            CAPTURE(way);
            CAPTURE(size);
            const auto bytes = random_bytes(size);
            auto content = made(bytes, way);
            on.server.requests.clear();
            const auto got = on.put(on.server.url("/f", Stage::host), content);
            CHECK_MESSAGE(got.ok(), got.why());
            REQUIRE(on.server.requests.size() == 1);
            const auto& asked = on.server.requests.front();
            CHECK(asked.method == "PUT");
            CHECK(asked.target == "/f");
            CHECK(field(asked, "Content-Length") == std::to_string(size));
            CHECK(field(asked, "Transfer-Encoding") == "");
            CHECK(field(asked, "Expect") == (size < (1U << 20) ? "" : "100-continue"));
            CHECK(difference(asked.content, bytes) == "");
            CHECK(content.reached == size);
            CHECK(got.token == "");
        }
    }
    CHECK(on.server.connections == 1);
}

TEST_CASE("put: content of every size arrives, announced, over one connection") {
    send_all_sizes<upload_stage>();
}

TEST_CASE("put: content of every size arrives over TLS") { send_all_sizes<secure_upload_stage>(); }

TEST_CASE("put: content of every size arrives elsewhere, by sendfile") {
    with_own_network(send_all_sizes<distant_upload_stage>);
}

template <class Stage>
void send_in_portions() {
    for (const auto* way : both_ways) {
        CAPTURE(way);
        Stage on;
        const auto bytes = random_bytes(200'000);
        auto content = made(bytes, way);
        content.portion = 777;
        const auto got = on.put(on.server.url("/f", Stage::host), content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(difference(on.server.requests.at(0).content, bytes) == "");
        CHECK(content.reached == bytes.size());
    }
}

TEST_CASE("put: a content that flows in small portions arrives") {
    send_in_portions<upload_stage>();
}

TEST_CASE("put: a content that flows in small portions arrives over TLS") {
    send_in_portions<secure_upload_stage>();
}

/// Its reservations become smaller when the network is full, as those of a rate limit may.
class shrinking_content final : public content {
  public:
    explicit shrinking_content(std::string bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size() const noexcept override { return bytes_.size(); }
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        const bool stuck = told_ < start_ + reserved_;
        start_ = told_;
        reserved_ = std::min<std::uint64_t>(most, stuck ? 5 : 1U << 20);
        was_stuck |= stuck;
        co_return reserved_;
    }
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override {
        REQUIRE(offset + into.size() <= bytes_.size());
        std::memcpy(into.data(), bytes_.data() + offset, into.size());
        co_return result<void>();
    }
    void sent(std::uint64_t offset) override {
        CHECK(offset >= told_);
        CHECK(offset <= start_ + reserved_);
        told_ = offset;
    }
    awaitable<result<void>> unchanged() override { co_return result<void>(); }

    bool was_stuck = false;

  private:
    const std::string bytes_;
    std::uint64_t start_ = 0;
    std::uint64_t reserved_ = 0;
    std::uint64_t told_ = 0;
};

template <class Stage>
void send_shrinking() {
    Stage on;
    on.server.receive_window = 65'536;
    on.server.otherwise.dawdle = 100ms;  // until then the network fills up
    const auto bytes = random_bytes(8'300'000);
    shrinking_content content(bytes);
    const auto got = on.put(on.server.url("/f", Stage::host), content);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(difference(on.server.requests.at(0).content, bytes) == "");
    CHECK(content.was_stuck);
}

TEST_CASE("put: less may be reserved than did not fit before") { send_shrinking<upload_stage>(); }

TEST_CASE("put: a TLS record that was begun goes out, whatever is reserved then") {
    send_shrinking<secure_upload_stage>();
}

TEST_CASE("put: the reply says what the object is now") {
    upload_stage on;
    auto content = made("hello", both_ways[0]);
    const auto got = on.put_to("/f", content);
    REQUIRE(got.ok());
    CHECK(got.end->location == parse_url(on.server.url("/f")).value());
    CHECK(got.end->version.tag == "\"new\"");
    CHECK(got.end->http_status == 201);
}

TEST_CASE("put: a URL that ends in a slash is a folder; any character may be in a name") {
    upload_stage on;
    auto content = made("hello", both_ways[0]);
    for (const auto& [name, target] : {
             std::pair("plain.txt", "/d/plain.txt"),
             {"with space", "/d/with%20space"},
             {"a#b", "/d/a%23b"},
             {"50%", "/d/50%25"},
             {"what?", "/d/what%3F"},
             {"\xc3\xbc", "/d/%C3%BC"},
             {"a+b&c;d", "/d/a%2Bb%26c%3Bd"},
         }) {
        CAPTURE(name);
        on.server.requests.clear();
        auto what = on.to(on.server.url("/d/"), content);
        what.name = name;
        const auto got = on.put(std::move(what), content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.server.requests.at(0).target == target);
    }
}

// --- Permission ---------------------------------------------------------------------------------

const std::string& large() {  // made only where it is needed
    static const auto all = random_bytes(3'000'000);
    return all;
}

TEST_CASE("put: large content is sent once the server says that it may come") {
    upload_stage on;
    auto content = made(large(), both_ways[0]);
    CHECK(on.put_to("/f", content).ok());  // no time passes
    CHECK(difference(on.got(0), large()) == "");
}

TEST_CASE("put: a server that knows no 100 gets large content after a second") {
    upload_stage on;
    on.server.otherwise.permits = false;
    auto content = made(large(), both_ways[0]);
    const auto going = on.begin(content);
    REQUIRE(on.server.requests.size() == 1);
    on.on.advance(999ms);
    CHECK(on.got(0).size() == 0);
    on.on.time.advance(1ms);
    REQUIRE(on.on.pump_until([&] { return is_ready(going); }));
    CHECK(going->value->has_value());
    CHECK(difference(on.got(0), large()) == "");
}

TEST_CASE("put: a server or proxy that fulfils no expectation is asked without") {
    upload_stage on;
    on.server.script = {
        {.status = "417 Expectation Failed", .body = "no", .takes = 0}, upload_stage::stored()};
    auto content = made(large(), both_ways[0]);
    const auto got = on.put_to("/f", content);
    CHECK_MESSAGE(got.ok(), got.why());
    REQUIRE(on.server.requests.size() == 2);
    CHECK(on.asked(0, "Expect") == "100-continue");
    CHECK(on.asked(1, "Expect") == "");
    CHECK(difference(on.got(1), large()) == "");
}

TEST_CASE("put: 417 without an expectation is an answer like any other") {
    upload_stage on;
    on.server.otherwise = upload_stage::refusing("417 Expectation Failed");
    auto content = made(large(), both_ways[0]);
    const auto got = on.put_to("/f", content);
    CHECK(got.code() == errc::refused);
    CHECK(got.status() == 417);
    CHECK(on.server.requests.size() == 2);
}

TEST_CASE("put: other interim replies are no final ones") {
    upload_stage on;
    on.server.otherwise.before = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n";
    for (const std::size_t size : {10'000, 3'000'000}) {
        auto content = made(random_bytes(size), both_ways[0]);
        const auto got = on.put_to("/f", content);
        CHECK_MESSAGE(got.ok(), got.why());
    }
}

// --- A source that does not stay as it is -------------------------------------------------------

template <class Stage>
void change_source() {
    for (const auto* way : both_ways) {
        for (const auto size : sizes) {
            CAPTURE(way);
            CAPTURE(size);
            Stage on;
            auto content = made(random_bytes(size), way);
            content.changed = true;
            const auto got = on.put(on.server.url("/f", Stage::host), content);
            CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
            on.on.settle();
            if (size == 0) CHECK(on.server.requests.empty());
            CHECK(on.server.requests.size() <= 1);  // it may be gone before it was read
            for (const auto& one : on.server.requests) CHECK(one.content.size() < size);
        }
    }
}

TEST_CASE("put: no server gets all of a source that has changed") { change_source<upload_stage>(); }

TEST_CASE("put: no server gets all of a source that has changed, over TLS") {
    change_source<secure_upload_stage>();
}

TEST_CASE("put: no server elsewhere gets all of a source that has changed") {
    with_own_network(change_source<distant_upload_stage>);
}

TEST_CASE("put: a source that changes while the last bytes are on their way is no success") {
    for (const auto size : sizes) {
        CAPTURE(size);
        upload_stage on;
        auto content = made(random_bytes(size), both_ways[0]);
        content.changed_from = 2;
        const auto got = on.put_to("/f", content);
        CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
    }
}

template <class Stage>
void shorten_source() {
    for (const auto* way : both_ways) {
        for (const auto left : {0, 1, 1'000'000, 4'999'999}) {
            CAPTURE(way);
            CAPTURE(left);
            Stage on;
            auto content = made(random_bytes(5'000'000), way);
            content.shrink_to(left);
            const auto got = on.put(on.server.url("/f", Stage::host), content);
            CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
            on.on.settle();
            for (const auto& one : on.server.requests) CHECK(one.content.size() < 5'000'000);
        }
    }
}

TEST_CASE("put: a source that has become shorter is no success") { shorten_source<upload_stage>(); }

TEST_CASE("put: a source that has become shorter is no success elsewhere either") {
    with_own_network(shorten_source<distant_upload_stage>);
}

TEST_CASE("put: a source that has become shorter is no success, over TLS") {
    shorten_source<secure_upload_stage>();
}

// --- What must not be replaced ------------------------------------------------------------------

upload_request careful(upload_stage& on, const content& from) {
    auto what = on.to(on.server.url("/f"), from);
    what.replace = false;
    return what;
}

TEST_CASE("put: what is there is not replaced if that is not wanted, and nothing is sent") {
    upload_stage on;
    on.server.otherwise = {};
    auto content = made("hello", both_ways[0]);
    const auto got = on.put(careful(on, content), content);
    CHECK_MESSAGE(got.code() == errc::exists, got.why());
    REQUIRE(on.server.requests.size() == 1);
    CHECK(on.server.requests.front().method == "HEAD");
}

TEST_CASE("put: what comes to be there in the meantime is not replaced either") {
    upload_stage on;
    on.server.script = {{.status = "404 Not Found"}, {.status = "412 Precondition Failed"}};
    auto content = made("hello", both_ways[0]);
    const auto got = on.put(careful(on, content), content);
    CHECK_MESSAGE(got.code() == errc::exists, got.why());
    CHECK(on.asked(1, "If-None-Match") == "*");
}

TEST_CASE("put: where nothing is, it is put") {
    for (const auto* status : {"404 Not Found", "410 Gone"}) {
        upload_stage on;
        on.server.script = {{.status = status}};
        auto content = made("hello", both_ways[0]);
        const auto got = on.put(careful(on, content), content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.got(1) == "hello");
    }
}

TEST_CASE("put: a server that does not say whether something is there replaces nothing") {
    for (const auto* status : {"503 Service Unavailable", "403 Forbidden", "500 Oops"}) {
        CAPTURE(status);
        upload_stage on;
        on.server.script = {{.status = status}};
        auto content = made("hello", both_ways[0]);
        const auto got = on.put(careful(on, content), content);
        CHECK_FALSE(got.ok());
        CHECK(got.code() != errc::exists);
        CHECK(on.server.requests.size() == 1);
    }
}

// --- Redirects ----------------------------------------------------------------------------------

reply redirect(const std::string& status, const std::string& where) {
    return {.status = status, .fields = {{"Location", where}}, .body = "there"};
}

TEST_CASE("put: a redirect is followed with the content, before or after it was sent") {
    for (const auto* status : {"301 Moved", "302 Found", "307 Temporarily", "308 Permanently"}) {
        for (const bool early : {false, true}) {
            for (const std::size_t size : {10'000, 3'000'000}) {
                CAPTURE(status);
                CAPTURE(early);
                CAPTURE(size);
                upload_stage on;
                auto there = redirect(status, "/g");
                if (early) there.takes = 0;
                on.server.script = {there};
                const auto bytes = random_bytes(size);
                auto content = made(bytes, both_ways[0]);
                const auto got = on.put_to("/f", content);
                REQUIRE_MESSAGE(got.ok(), got.why());
                REQUIRE(on.server.requests.size() == 2);
                CHECK(on.server.requests[1].method == "PUT");
                CHECK(on.server.requests[1].target == "/g");
                CHECK(difference(on.got(1), bytes) == "");
                CHECK(got.end->location.path == "/g");
            }
        }
    }
}

TEST_CASE("put: nobody is asked why where a redirect has led") {
    for (const auto* status : {"404 Not Found", "409 Conflict", "500 Internal Server Error"}) {
        CAPTURE(status);
        upload_stage on;
        lying_server other(on.on.io, {});
        on.access->headers = {"X-Token: s3cret"};
        on.server.otherwise = redirect("307 Temporarily", other.url("/d/f"));
        other.otherwise = upload_stage::refusing(status);
        auto content = made("hello", both_ways[0]);
        CHECK_FALSE(on.put_to("/d/f", content).ok());
        CHECK(on.server.requests.size() == 1);
        REQUIRE(other.requests.size() == 1);
        CHECK(other.requests[0].method == "PUT");
        CHECK(field(other.requests[0], "X-Token") == "");
    }
}

reply head_of(std::size_t size) {
    return {.status = "200 OK", .fields = {{"Content-Length", std::to_string(size)}}, .body = ""};
}

TEST_CASE("put: 303 leads to a report about what was put, which is fetched without content") {
    upload_stage on;
    on.server.script = {redirect("303 See Other", "/report"), {}, head_of(5)};
    auto content = made("hello", both_ways[0]);
    auto what = on.to(on.server.url("/f"), content);
    const auto got = on.put(std::move(what), content);
    REQUIRE_MESSAGE(got.ok(), got.why());
    CHECK(on.got(0) == "hello");
    CHECK(on.server.requests.at(1).method == "GET");
    CHECK(on.asked(1, "Content-Length") == "");
    CHECK(on.server.requests.at(2).method == "HEAD");
    CHECK(on.server.requests.at(2).target == "/f");
    CHECK(got.end->location.path == "/f");
}

TEST_CASE("put: a report is no proof; the object's own size is") {
    const auto gone = upload_stage::refusing("404 Not Found");
    for (const auto& look : {gone, head_of(4), redirect("302 Found", "/report"), head_of(0)}) {
        upload_stage on;
        on.server.script = {redirect("303 See Other", "/log-in"), {}, look, head_of(5)};
        auto content = made("hello", both_ways[0]);
        const auto got = on.put_to("/f", content);
        CHECK(got.code() == errc::refused);
        CHECK_MESSAGE(got.why().find("303 led to http://") != got.why().npos, got.why());
    }
}

TEST_CASE("put: 412 means that something is there only if that was asked for") {
    for (const bool replace : {true, false}) {
        upload_stage on;
        on.server.script = {{.status = "404 Not Found"}};
        if (replace) on.server.script.clear();
        on.server.otherwise = upload_stage::refusing("412 Precondition Failed");
        auto content = made("hello", both_ways[0]);
        auto what = on.to(on.server.url("/f"), content);
        what.replace = replace;
        CHECK(on.put(std::move(what), content).code() == (replace ? errc::refused : errc::exists));
    }
}

TEST_CASE("put: redirects in circles end") {
    upload_stage on;
    on.server.otherwise = redirect("307 Temporarily", "/f");
    auto content = made("hello", both_ways[0]);
    CHECK(on.put_to("/f", content).code() == errc::redirect_refused);
}

}  // namespace
}  // namespace ferry::test::upload_put_test
