// Uploads by PUT to the servers that people run, through the proxies that they run.
#include <support/cases.hpp>
#include <support/dav_server.hpp>
#include <support/kerberos.hpp>
#include <support/real_proxies.hpp>
#include <support/upload_rig.hpp>

#include <asio/steady_timer.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test::put_test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using real_time_uploader = uploader<ferry::system_clock>;

struct place {
    const char* name;
    dav_software kind;
    bool secure = false;
};

/// A server, a client, and how they meet.
struct site {
    const bool secure;
    dav_server server;
    real_time_uploader by = {};

    explicit site(const place& where, fs::path keytab = {})
        : secure(where.secure), server(where.kind, std::move(keytab)) {
        by.access->ca_file = server.ca_file();
    }
    upload_request to(std::string_view path, const content& from) const {
        return by.to(server.url(path, secure), from);
    }
    upload_outcome put(const upload_request& what, content& from) { return by.put(what, from); }
    upload_outcome put(std::string_view path, content& from) { return put(to(path, from), from); }
    /// How what is in the root differs from `wanted`.
    std::string off(const fs::path& file, std::string_view wanted) const {
        const auto there = server.root() / file;
        return fs::exists(there) ? difference(slurp(there), wanted) : "it is not there";
    }
    /// @param tries  What may pass is tried again, as upload() does.
    void check_put(
        std::string_view path, const fs::path& file, std::string_view bytes, int tries = 1) {
        CAPTURE(path);
        CAPTURE(bytes.size());
        made_content content{std::string(bytes)};
        auto what = to(path, content);
        auto got = put(what, content);
        for (; !got.ok() && is_transient(got.code()) && tries > 1; --tries) {
            what.token = got.token;
            got = put(what, content);
        }
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(off(file, bytes) == "");
        CHECK(server.partials().empty());
    }
};

// Made only where they are needed: each case is a process of its own.
const std::string& small() {
    static const auto all = random_bytes(10'000);
    return all;
}
const std::string& large() {
    static const auto all = random_bytes(3'000'000);
    return all;
}
const std::string& huge() {
    static const auto all = random_bytes(20'000'000);
    return all;
}

// --- Whole files --------------------------------------------------------------------------------

void put_whole(const place& where) {
    site on(where);
    for (const auto* bytes : {&small(), &large(), &huge()}) on.check_put("/f", "f", *bytes);
    on.check_put("/f", "f", "");  // over what was there
    on.check_put("/f", "f", "x");
    made_content content(huge(), made_content::given_by::read);
    const auto got = on.put("/g", content);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off("g", huge()) == "");
    CHECK(content.asked_unchanged > 0);
}
const place whole[] = {
    {"nginx: content of every size is put", dav_software::nginx},
    {"nginx: content of every size is put over TLS", dav_software::nginx, true},
    {"Apache: content of every size is put", dav_software::apache},
    {"Apache: content of every size is put over TLS", dav_software::apache, true},
};
const cases<whole, put_whole> put_all_whole(__FILE__, __LINE__);

void put_names(const place& where) {
    site on(where);
    for (const std::string name :
         {"with space", "a#b", "50%", "what?", "\xc3\xa4\xc3\xb6\xc3\xbc", "a+b&c;d", "%41"}) {
        for (const auto* bytes : {&small(), &huge()}) {
            CAPTURE(name);
            made_content content(*bytes);
            auto what = on.to("/", content);
            what.name = name;
            const auto got = on.put(what, content);
            CHECK_MESSAGE(got.ok(), got.why());
            CHECK(on.off(name, *bytes) == "");
        }
    }
    CHECK(on.server.partials().empty());
}
const place named[] = {
    {"nginx: any name is put", dav_software::nginx},
    {"Apache: any name is put", dav_software::apache},
};
const cases<named, put_names> put_all_names(__FILE__, __LINE__);

// --- What is there, and what is not -------------------------------------------------------------

void keep_what_is_there(const place& where) {
    site on(where);
    for (const auto* bytes : {&small(), &huge()}) {
        spill(on.server.root() / "f", "theirs");
        made_content content(*bytes);
        auto what = on.to("/f", content);
        what.replace = false;
        auto got = on.put(what, content);
        CHECK_MESSAGE(got.code() == errc::exists, got.why());
        CHECK(on.off("f", "theirs") == "");
        fs::remove(on.server.root() / "f");
        got = on.put(what, content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off("f", *bytes) == "");
    }
}
const place kept[] = {
    {"nginx: what is there stays if it is not to be replaced", dav_software::nginx},
    {"Apache: what is there stays if it is not to be replaced", dav_software::apache},
};
const cases<kept, keep_what_is_there> kept_all(__FILE__, __LINE__);

void put_into_new_folders(const place& where) {
    site on(where);
    for (const auto* bytes : {&small(), &large(), &huge()}) {
        const auto top = "top " + std::to_string(bytes->size());
        made_content content(*bytes);
        auto what = on.to("/", content);
        what.what.path = "/top%20" + std::to_string(bytes->size()) + "/b/c/";
        auto got = on.put(what, content);
        const bool nginx = where.kind == dav_software::nginx;  // it says 500
        CHECK_MESSAGE(got.code() == (nginx ? errc::overloaded : errc::refused), got.why());
        CHECK_MESSAGE(got.why().find("--create-dirs") != std::string::npos, got.why());
        what.make_folders = true;
        got = on.put(what, content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off(fs::path(top) / "b/c/f", *bytes) == "");
    }
    CHECK(on.server.partials().empty());
}
const place foldered[] = {
    {"nginx: missing folders are made if that is wanted", dav_software::nginx},
    {"nginx: missing folders are made over TLS", dav_software::nginx, true},
    {"Apache: missing folders are made if that is wanted", dav_software::apache},
    {"Apache: missing folders are made over TLS", dav_software::apache, true},
};
const cases<foldered, put_into_new_folders> foldered_all(__FILE__, __LINE__);

void be_too_much(const place& where) {
    site on(where);
    for (const auto* bytes : {&small(), &large(), &huge()}) {
        CAPTURE(bytes->size());
        made_content content(*bytes);
        const auto got = on.put("/small/f", content);
        CHECK_MESSAGE(got.code() == errc::refused, got.why());
        CHECK(got.status() == 413);
        CHECK(fs::is_empty(on.server.root() / "small"));
    }
}
const place too_much[] = {
    {"nginx: content that is too much is refused", dav_software::nginx},
    {"nginx: content that is too much is refused over TLS", dav_software::nginx, true},
    {"Apache: content that is too much is refused", dav_software::apache},
    {"Apache: content that is too much is refused over TLS", dav_software::apache, true},
};
const cases<too_much, be_too_much> refused_all(__FILE__, __LINE__);

void change(const place& where) {
    site on(where);
    for (const auto* bytes : {&small(), &large(), &huge()}) {
        made_content content(*bytes);
        content.changed = true;
        const auto got = on.put("/f", content);
        CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
        on.server.restart();  // whatever it was about to do is done, or never will be
        CHECK_FALSE(fs::exists(on.server.root() / "f"));
    }
}
const place changed[] = {
    {"nginx: a source that has changed is put nowhere", dav_software::nginx},
    {"Apache: a source that has changed is put nowhere", dav_software::apache},
    {"Apache: a source that has changed is put nowhere over TLS", dav_software::apache, true},
};
const cases<changed, change> changed_all(__FILE__, __LINE__);

// --- Interrupted --------------------------------------------------------------------------------

/// Gives no more than `limit` bytes away until it is told otherwise.
class held_content final : public content {
  public:
    /// @param first  Where its bytes will be asked for.
    explicit held_content(const std::string& bytes, std::uint64_t first = 0)
        : bytes_(bytes), told_(first) {}

    std::uint64_t size() const noexcept override { return bytes_.size(); }
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        const auto here = co_await asio::this_coro::executor;
        asio::steady_timer bell(here, asio::steady_timer::time_point::max());
        if (told_ >= limit) co_await bell.async_wait(nothrow);  // until it is cancelled
        if (told_ >= limit) co_return errc::cancelled;
        co_return std::min(most, limit - told_);
    }
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override {
        std::memcpy(into.data(), bytes_.data() + offset, into.size());
        co_return result<void>();
    }
    void sent(std::uint64_t offset) override { told_ = offset; }
    awaitable<result<void>> unchanged() override { co_return result<void>(); }

    std::uint64_t limit = 0;

  private:
    const std::string& bytes_;
    std::uint64_t told_;
};

/// Of the first one; it may be gone by now.
std::uint64_t bytes_in(const std::vector<fs::path>& files) {
    std::error_code gone;
    const auto bytes = files.empty() ? 0 : fs::file_size(files.front(), gone);
    return gone ? 0 : bytes;
}

/// Begins an upload of `huge` to /f, or goes on with it, and ends it once all the bytes up to
/// `upto` are on the server's disk.
void interrupt(
    site& on, upload_outcome& seen, std::uint64_t from, std::uint64_t upto, bool killing) {
    held_content content(huge(), from);
    content.limit = upto;
    auto what = on.to("/f", content);
    what.token = seen.token;
    const auto going = on.by.on.start(uploading(on.by.http(), what, content, seen));
    REQUIRE(on.by.on.pump_until(
        [&] { return is_ready(going) || bytes_in(on.server.partials()) >= upto; }));
    REQUIRE_FALSE(is_ready(going));
    if (killing) on.server.kill();
    going->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.by.on.pump_until([&] { return is_ready(going); }));
    CHECK_FALSE(going->value->has_value());
    if (killing) on.server.restart();
}

void go_on(const place& where) {
    for (const bool killing : {false, true}) {
        CAPTURE(killing);
        site on(where);
        upload_outcome seen;
        std::uint64_t before = 0;
        for (const std::uint64_t upto : {1, 65'536, 1'000'000, 7'654'321, 19'999'999}) {
            CAPTURE(upto);
            interrupt(on, seen, before, upto, killing);
            CHECK(seen.offset == before);
            before = upto;
            REQUIRE(on.server.partials().size() == 1);
            CHECK_FALSE(fs::exists(on.server.root() / "f"));
        }
        made_content content(huge());
        auto what = on.to("/f", content);
        what.token = seen.token;
        const auto got = on.put(what, content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(got.offset == 19'999'999);
        CHECK(on.off("f", huge()) == "");
        CHECK(on.server.partials().empty());
    }
}
const place continued[] = {
    {"Apache: an upload that was cut goes on where it stopped", dav_software::apache},
    {"Apache: an upload that was cut goes on over TLS", dav_software::apache, true},
};
const cases<continued, go_on> continued_all(__FILE__, __LINE__);

TEST_CASE("Apache: a partial with bytes of somebody else is not continued") {
    site on({"", dav_software::apache});
    upload_outcome seen;
    interrupt(on, seen, 0, 1'000'000, true);
    auto there = slurp(on.server.partials().front());
    there[999'000] ^= 1;
    spill(on.server.partials().front(), there);
    made_content content(huge());
    auto what = on.to("/f", content);
    what.token = seen.token;
    const auto got = on.put(what, content);
    CHECK_MESSAGE(got.code() == errc::session_lost, got.why());
    CHECK_FALSE(fs::exists(on.server.root() / "f"));
}

TEST_CASE("Apache: an upload that is given up leaves nothing") {
    site on({"", dav_software::apache});
    upload_outcome seen;
    interrupt(on, seen, 0, 1'000'000, true);
    made_content content(huge());
    auto what = on.to("/f", content);
    what.token = seen.token;
    const auto given_up = on.by.on.run(giving_up(on.by.http(), what));
    CHECK_MESSAGE(given_up.has_value(), describe(given_up.error()));
    CHECK(on.server.partials().empty());
}

TEST_CASE("Apache: many small portions arrive as well") {
    for (const bool secure : {false, true}) {
        site on({"", dav_software::apache, secure});
        made_content content(huge());
        content.portion = 5'000;
        const auto got = on.put("/f", content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off("f", huge()) == "");
    }
}

TEST_CASE("nginx: an upload that was cut begins anew, and half of it is nowhere") {
    site on({"", dav_software::nginx});
    for (const bool killing : {false, true}) {
        held_content held(huge());
        held.limit = 15'000'000;
        upload_outcome seen;
        const auto going = on.by.on.start(uploading(on.by.http(), on.to("/f", held), held, seen));
        on.by.on.pump_until([&] { return is_ready(going); }, 200ms);
        REQUIRE_FALSE(is_ready(going));
        if (killing) on.server.kill();
        going->stop.emit(asio::cancellation_type::terminal);
        REQUIRE(on.by.on.pump_until([&] { return is_ready(going); }));
        if (killing) on.server.restart();
        CHECK(seen.token == "");
        CHECK_FALSE(fs::exists(on.server.root() / "f"));
    }
    on.check_put("/f", "f", huge());
}

TEST_CASE("Apache: a redirect to HTTPS is followed by all that an upload asks") {
    site on({"", dav_software::apache});
    for (const auto* bytes : {&small(), &large(), &huge()}) on.check_put("/moved/f", "f", *bytes);
}

// --- Who we are ---------------------------------------------------------------------------------

credentials ann(std::string password = "top secret") {
    credentials who;
    who.user = "ann";
    who.password = secret(std::move(password));
    return who;
}

struct folder {
    const char* name;
    std::string path;
    bool secure = false;
};

const folder folders[] = {
    {"Apache: Basic lets in uploads of whom it knows", "basic"},
    {"Apache: Basic lets in uploads over TLS", "basic", true},
    {"Apache: Digest lets in uploads of whom it knows", "digest"},
    {"Apache: Digest lets in uploads over TLS", "digest", true},
};

void enter(const folder& what) {
    site on({"", dav_software::apache, what.secure});
    const auto file = fs::path(what.path) / "f";
    const auto path = "/" + file.string();
    for (const auto* bytes : {&small(), &large(), &huge()}) {
        for (const auto& who : {credentials(), ann("other secret")}) {
            on.by.access = std::make_shared<access_options>(*on.by.access);
            on.by.access->who = who;
            made_content content(*bytes);
            const auto got = on.put(path, content);
            CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
            CHECK_FALSE(fs::exists(on.server.root() / file));
        }
        on.by.access = std::make_shared<access_options>(*on.by.access);
        on.by.access->who = ann();
        on.check_put(path, file, *bytes);
        fs::remove(on.server.root() / file);
    }
    CHECK(on.server.log().find("MOVE /" + what.path) != std::string::npos);
}
const cases<folders, enter> entered(__FILE__, __LINE__);

TEST_CASE("Kerberos: whoever has the password may upload") {
    kerberos_realm realm;
    realm.add_user("ann", "top secret");
    site on({"", dav_software::apache}, realm.add_service("HTTP/localhost"));
    on.by.access->who = ann();
    for (const auto* bytes : {&small(), &large(), &huge()})
        on.check_put("/negotiate/f", "negotiate/f", *bytes);
}

TEST_CASE("NTLM: whoever has the password may upload, and a wrong one is called so") {
    kerberos_realm realm;
    site on({"", dav_software::apache}, realm.add_service("HTTP/localhost"));
    on.by.access->who = ann();
    on.by.access->who.user = "TEST\\ann";
    on.by.access->who.schemes = {auth_scheme::ntlm};
    for (const auto* bytes : {&small(), &large(), &huge()})
        on.check_put("/ntlm/f", "ntlm/f", *bytes);
    on.by.access = std::make_shared<access_options>(*on.by.access);
    on.by.access->who.password = secret("other secret");
    made_content content(large());
    const auto got = on.put("/ntlm/g", content);
    CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
    CHECK_MESSAGE(got.why().find("wrong name or password") != std::string::npos, got.why());
}

// --- Proxies ------------------------------------------------------------------------------------

struct passage {
    const char* name;
    proxy_setup how;
    const char* scheme = "";
    const char* user_info = "";
};

const passage passages[] = {
    {"squid: uploads go through", {}},
    {"squid: uploads go through once Basic is answered",
     {proxy_software::squid, proxy_question::basic},
     "",
     "user:open%20sesame"},
    {"squid: uploads go through once Digest is answered",
     {proxy_software::squid, proxy_question::digest},
     "",
     "user:open%20sesame"},
    {"squid: over TLS, uploads go through",
     {proxy_software::squid, proxy_question::basic, true},
     "",
     "user:open%20sesame"},
    {"tinyproxy: uploads go through", {proxy_software::tinyproxy}},
    {"tinyproxy: uploads go through once Basic is answered",
     {proxy_software::tinyproxy, proxy_question::basic},
     "",
     "user:sesame"},
    {"microsocks: uploads go through", {proxy_software::microsocks}, "socks5h"},
};

void go_through(const passage& what) {
    if (!runs_here(what.how.kind)) return;
    real_proxy proxy(what.how);
    for (const bool secure : {false, true}) {
        CAPTURE(secure);
        site on({"", dav_software::apache, secure});
        auto& access = *on.by.access;
        access.proxy.usage = proxy_usage::listed;
        access.proxy.list = {proxy.url(what.user_info, what.scheme)};
        const auto both = on.by.on.dir / "both.pem";
        spill(both, slurp(on.server.ca_file()) + slurp(proxy.ca_file()));
        access.ca_file = both;
        constexpr int tries = 5;  // squid drops a connection now and then
        for (const auto* bytes : {&small(), &large(), &huge()})
            on.check_put("/f", "f", *bytes, tries);
        // tinyproxy keeps to itself what the server says that it can
        const bool told = secure || what.how.kind != proxy_software::tinyproxy;
        CHECK((on.server.log().find("MOVE") != std::string::npos) == told);
    }
}
const cases<passages, go_through> went_through(__FILE__, __LINE__);

}  // namespace
}  // namespace ferry::test::put_test
