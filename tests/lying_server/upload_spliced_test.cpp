// Uploads that Apache's WebDAV module continues: hidden partial, PUT with Content-Range, MOVE.
#include "upload_stage.hpp"

#include <map>
#include <set>

namespace ferry::test::upload_spliced_test {
namespace {

constexpr std::size_t size = 9'000'000;
const std::string& bytes() {  // made only where it is needed: each case is a process of its own
    static const auto all = random_bytes(size);
    return all;
}

/// What Apache does with its WebDAV module: it writes into what is there, as far as content comes.
struct store {
    std::map<std::string, std::string> files = {};
    std::set<std::string> folders = {};
    std::string options =
        "DAV: 1,2\r\nDAV: <http://apache.org/dav/propset/fs/1>\r\n"
        "Allow: OPTIONS,GET,HEAD,PUT,DELETE,COPY,MOVE\r\n";

    void write(const request& asked) {
        if (asked.method != "PUT") return;
        auto& file = files[asked.target];
        const auto range = field(asked, "Content-Range");
        std::size_t first = 0;
        if (!range.empty()) first = std::stoull(range.substr(range.find(' ') + 1));
        if (file.size() < first) file.resize(first);
        file.replace(first, asked.content.size(), asked.content);
    }
    reply answer(const request& asked) {
        if (asked.method == "OPTIONS") return {.status = "200 OK", .lines = options, .body = ""};
        if (asked.method == "PUT") return upload_stage::stored();
        if (asked.method == "PROPFIND") return kind_of(asked.target);
        const auto at = files.find(asked.target);
        if (at == files.end()) return upload_stage::refusing("404 Not Found");
        if (asked.method == "MOVE") return move(asked);
        if (asked.method == "DELETE") {
            files.erase(at);
            return {.status = "204 No Content"};
        }
        reply look;
        look.now = remote_object{at->second, "\"v\""};
        if (asked.method == "HEAD" && !at->second.empty())  // Apache keeps silent about 0
            look.fields = {{"Content-Length", std::to_string(at->second.size())}};
        return look;
    }
    reply kind_of(const std::string& target) const {
        const bool folder = folders.contains(target);
        if (!folder && !files.contains(target)) return upload_stage::refusing("404 Not Found");
        const std::string kind =
            folder ? "<D:resourcetype><D:collection/></D:resourcetype>" : "<D:resourcetype/>";
        return {
            .status = "207 Multi-Status",
            .body =
                "<D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>/collection</D:href>"
                "<D:propstat><D:prop>" +
                kind +
                "</D:prop></D:propstat></D:response>"
                "</D:multistatus>"};
    }
    reply move(const request& asked) {
        const auto to = parse_url(field(asked, "Destination")).value().target();
        if (field(asked, "Overwrite") == "F" && files.contains(to))
            return upload_stage::refusing("412 Precondition Failed");
        files[to] = std::exchange(files[asked.target], {});
        files.erase(asked.target);
        return upload_stage::stored();
    }
};

bool is_partial(std::string_view target) { return target.find(".ferry-part-") != target.npos; }

struct spliced_stage : upload_stage {
    store there;
    bool writes = true;  // what comes
    /// A chance to answer something else.
    std::function<void(const request&, reply&)> but = [](const request&, reply&) {};

    spliced_stage() {
        server.decide = [this](const request& asked) {
            auto how = there.answer(asked);
            but(asked, how);
            writes = how.status.empty() || how.status.starts_with("2");
            return how;
        };
        server.received = [this](const request& asked) {
            if (writes) there.write(asked);
        };
    }

    using upload_stage::put;
    /// But for questions what there is, which a test of its own looks at.
    upload_outcome put(upload_request what, content& from) {
        auto got = upload_stage::put(std::move(what), from);
        std::erase_if(
            server.requests, [](const request& asked) { return asked.method == "PROPFIND"; });
        return got;
    }
    upload_request request_for(const content& from, std::string token = "") {
        auto what = to(server.url("/d/f"), from);
        what.token = std::move(token);
        return what;
    }
    upload_outcome go_on(content& from, std::string token = "") {
        server.requests.clear();
        return put(request_for(from, std::move(token)), from);
    }
    /// Leaves a partial with the first `kept` bytes; returns the token of the upload.
    std::string leave(std::size_t kept) {
        but = [kept](const request& asked, reply& how) {
            if (!field(asked, "Content-Range").empty())
                how = {.cut = 0, .takes = kept, .end = ending::close};
        };
        made_content content(bytes());
        const auto got = go_on(content);
        check_transient(got);
        REQUIRE(got.token.starts_with("put "));
        REQUIRE(there.files.size() == 1);
        REQUIRE(partial().size() == kept);
        but = [](const request&, reply&) {};
        return got.token;
    }
    std::string& partial() {
        for (auto& [name, body] : there.files)
            if (is_partial(name)) return body;
        FAIL("there is no partial");
        return there.files[""];
    }
    void check_arrived(const upload_outcome& got) {
        CHECK_MESSAGE(got.ok(), got.why());
        REQUIRE(there.files.size() == 1);
        CHECK(there.files.begin()->first == "/d/f");
        CHECK(difference(there.files.begin()->second, bytes()) == "");
    }
    std::vector<std::string> methods() const {
        std::vector<std::string> all;
        for (const auto& one : server.requests) all.push_back(one.method);
        return all;
    }
    const request* first(std::string_view method) const {
        for (const auto& one : server.requests)
            if (one.method == method) return &one;
        return nullptr;
    }
};

using words = std::vector<std::string>;

// --- In one go ----------------------------------------------------------------------------------

TEST_CASE("spliced: it grows under a hidden name and gets its own when it is whole") {
    for (const auto* way : both_ways) {
        CAPTURE(way);
        spliced_stage on;
        auto content = made(bytes(), way);
        const auto got = on.go_on(content);
        on.check_arrived(got);
        CHECK(on.methods() == words{"OPTIONS", "PUT", "PUT", "HEAD", "MOVE", "HEAD"});
        CHECK(on.asked(1, "Content-Length") == "0");  // a failed PUT deletes what it has made
        const auto& put = on.server.requests.at(2);
        CHECK(put.target.starts_with("/d/.f.ferry-part-"));
        CHECK(field(put, "Content-Range") == "bytes 0-8999999/9000000");
        CHECK(field(put, "Content-Length") == "9000000");
        CHECK(on.asked(4, "Overwrite") == "T");
        CHECK(got.token == "put " + on.server.url(put.target));
        CHECK(got.end->location == parse_url(on.server.url("/d/f")).value());
        CHECK(got.end->version.tag == "\"v\"");
    }
}

TEST_CASE("spliced: two uploads of the same object have partials of their own") {
    spliced_stage on;
    made_content content(bytes());
    const auto one = on.go_on(content);
    const auto other = on.go_on(content);
    CHECK(one.ok());
    CHECK(other.ok());
    CHECK(one.token != other.token);
    CHECK(on.methods() == words{"PUT", "PUT", "HEAD", "MOVE", "HEAD"});  // what it can is known
}

TEST_CASE("spliced: a server that is not known to heed Content-Range gets one PUT") {
    for (const auto* says : {
             "DAV: 1,2\r\nAllow: PUT,MOVE\r\n",
             "DAV: <http://apache.org/dav/propset/fs/1>\r\nAllow: PUT\r\n",
             "Allow: PUT,MOVE\r\n",
         }) {
        CAPTURE(says);
        spliced_stage on;
        on.there.options = says;
        made_content content(bytes());
        const auto got = on.go_on(content);
        on.check_arrived(got);
        CHECK(got.token == "");
        CHECK(on.methods() == words{"OPTIONS", "PUT"});
        CHECK(field(*on.first("PUT"), "Content-Range") == "");
    }
}

TEST_CASE("spliced: what is quickly sent again goes in one PUT") {
    spliced_stage on;
    made_content content(bytes().substr(0, 8'000'000));
    const auto got = on.go_on(content);
    CHECK(got.ok());
    CHECK(got.token == "");
    CHECK(on.methods() == words{"PUT"});
}

TEST_CASE("spliced: a long name of any characters leaves room for the partial's") {
    spliced_stage on;
    made_content content(bytes());
    auto what = on.to(on.server.url("/d/"), content);
    for (int i = 0; i < 80; ++i) what.name += "\xc3\xa4#%";
    what.name.resize(255);
    const auto got = on.put(what, content);
    CHECK_MESSAGE(got.ok(), got.why());
    const auto& target = on.first("PUT")->target;
    CHECK(percent_decode(target.substr(target.rfind('/') + 1)).size() <= 255);
    CHECK(percent_decode(on.there.files.begin()->first) == "/d/" + what.name);
}

// --- Continued ----------------------------------------------------------------------------------

TEST_CASE("spliced: cut at any byte, it goes on there") {
    for (const std::size_t kept :
         {std::size_t(0), std::size_t(1), std::size_t(65'537), std::size_t(5'000'000), size - 1}) {
        CAPTURE(kept);
        spliced_stage on;
        const auto token = on.leave(kept);
        made_content content(bytes());
        const auto got = on.go_on(content, token);
        on.check_arrived(got);
        CHECK(got.offset == kept);
        CHECK(got.token == token);
        REQUIRE(on.first("PUT"));
        CHECK(on.first("PUT")->content.size() == size - kept);
        if (kept == 0) continue;
        const auto overlap = std::min<std::size_t>(kept, 65'536);
        CHECK(
            field(*on.first("GET"), "Range") ==
            "bytes=" + std::to_string(kept - overlap) + "-" + std::to_string(kept - 1));
    }
}

TEST_CASE("spliced: cut again and again, it arrives") {
    spliced_stage on;
    auto token = on.leave(1'000);
    unsigned left = 4;
    on.but = [&](const request& asked, reply& how) {
        if (asked.method != "PUT" || left-- == 0) return;
        how = {.cut = 0, .takes = 1'000'000, .end = left % 2 ? ending::close : ending::reset};
    };
    made_content content(bytes());
    for (int i = 0; i < 4; ++i) check_transient(on.go_on(content, token));
    on.check_arrived(on.go_on(content, token));
}

TEST_CASE("spliced: if only the reply was lost, nothing is sent twice") {
    spliced_stage on;
    const auto token = on.leave(size);
    made_content content(bytes());
    const auto got = on.go_on(content, token);
    on.check_arrived(got);
    CHECK_FALSE(on.first("PUT"));
}

TEST_CASE("spliced: if only the reply to MOVE was lost, nothing is sent twice") {
    for (const bool done : {true, false}) {
        CAPTURE(done);
        spliced_stage on;
        const auto token = on.leave(size);
        on.but = [&](const request& asked, reply& how) {
            if (asked.method != "MOVE") return;
            if (!done) on.there.files[asked.target] = std::exchange(on.there.files["/d/f"], "");
            how.cut = 0;
        };
        made_content content(bytes());
        const auto got = on.go_on(content, token);
        if (done) {
            on.check_arrived(got);
        } else {
            check_transient(got);
        }
        CHECK_FALSE(on.first("PUT"));
    }
}

TEST_CASE("spliced: the rest of a source that has changed is not sent, nor is it given its name") {
    for (const std::size_t kept : {std::size_t(0), std::size_t(5'000'000), size}) {
        CAPTURE(kept);
        spliced_stage on;
        const auto token = on.leave(kept);
        made_content content(bytes());
        content.changed = true;
        const auto got = on.go_on(content, token);
        CHECK_MESSAGE(got.code() == errc::source_changed, got.why());
        on.on.settle();
        CHECK_FALSE(got.sent);
        CHECK_FALSE(on.there.files.contains("/d/f"));
        if (kept < size) CHECK(on.partial().size() < size);
    }
}

// --- Lost ---------------------------------------------------------------------------------------

void check_lost(spliced_stage& on, const std::string& token) {
    made_content content(bytes());
    const auto got = on.go_on(content, token);
    CHECK_MESSAGE(got.code() == errc::session_lost, got.why());
    CHECK_FALSE(on.first("PUT"));
    CHECK_FALSE(on.first("MOVE"));
}

TEST_CASE("spliced: a partial that is gone begins anew") {
    spliced_stage on;
    const auto token = on.leave(1'000'000);
    on.there.files.clear();
    check_lost(on, token);
}

TEST_CASE("spliced: bytes at its end that are not ours begin anew, even if it is one") {
    for (const std::size_t kept : {std::size_t(1), std::size_t(1'000'000), size}) {
        for (const std::size_t before_end : {0, 65'535}) {
            if (before_end >= kept) continue;
            spliced_stage on;
            const auto token = on.leave(kept);
            on.partial()[kept - 1 - before_end] ^= 1;
            check_lost(on, token);
        }
    }
}

TEST_CASE("spliced: more bytes than ours begin anew") {
    spliced_stage on;
    const auto token = on.leave(1'000'000);
    on.partial() = bytes() + "more";
    check_lost(on, token);
}

TEST_CASE("spliced: a partial that becomes shorter before it is looked at begins anew") {
    spliced_stage on;
    const auto token = on.leave(1'000'000);
    on.but = [&](const request& asked, reply&) {
        if (asked.method == "HEAD") on.partial().resize(900'000);
    };
    check_lost(on, token);
}

TEST_CASE("spliced: a token for another server begins anew, and nobody is asked") {
    for (const auto* token : {"put http://other.invalid/d/.f.ferry-part-1", "put nonsense"}) {
        spliced_stage on;
        check_lost(on, token);
        CHECK(on.server.requests.empty());
    }
}

TEST_CASE("spliced: a server that took less than was sent begins anew") {
    spliced_stage on;
    on.but = [](const request& asked, reply& how) {
        if (asked.method == "HEAD") how.fields = {{"Content-Length", std::to_string(size - 1)}};
    };
    made_content content(bytes());
    const auto got = on.go_on(content);
    CHECK_MESSAGE(got.code() == errc::session_lost, got.why());
    CHECK_FALSE(on.there.files.contains("/d/f"));
}

TEST_CASE("spliced: a server that does not say what it has is asked again later") {
    for (const auto* method : {"HEAD", "GET", "PUT"}) {
        for (const auto& [status, code] : {
                 std::pair("503 Service Unavailable", errc::overloaded),
                 {"403 Forbidden", errc::unauthorized},
             }) {
            CAPTURE(method);
            CAPTURE(status);
            spliced_stage on;
            const auto token = on.leave(1'000'000);
            on.but = [&, said = status](const request& asked, reply& how) {
                if (asked.method == method) how = upload_stage::refusing(said);
            };
            made_content content(bytes());
            const auto got = on.go_on(content, token);
            CHECK_MESSAGE(got.code() == code, got.why());
            on.but = [](const request&, reply&) {};
            const auto then = on.go_on(content, token);
            on.check_arrived(then);
            CHECK(then.offset == 1'000'000);
        }
    }
}

// --- The end ------------------------------------------------------------------------------------

TEST_CASE("spliced: what is there in the end is replaced only if that is wanted") {
    spliced_stage on;
    made_content content(bytes());
    auto what = on.request_for(content);
    what.replace = false;
    on.but = [&](const request& asked, reply&) {  // somebody else was quicker
        if (asked.method == "PUT") on.there.files["/d/f"] = "theirs";
    };
    auto got = on.put(what, content);
    CHECK_MESSAGE(got.code() == errc::exists, got.why());
    CHECK(got.sent);
    CHECK(on.there.files["/d/f"] == "theirs");

    on.server.requests.clear();
    got = on.put(what, content);
    CHECK_MESSAGE(got.code() == errc::exists, got.why());
    CHECK(on.methods() == words{"HEAD"});
}

TEST_CASE("spliced: a name that was given in part, or that a redirect leads away from, is none") {
    for (const auto* status : {"207 Multi-Status", "303 See Other"}) {
        CAPTURE(status);
        spliced_stage on;
        on.but = [&](const request& asked, reply& how) {
            if (asked.method == "MOVE") how = upload_stage::refusing(status);
            if (asked.method == "MOVE") how.fields = {{"Location", "/log-in"}};
            if (asked.method == "GET") how = reply();
        };
        made_content content(bytes());
        const auto got = on.go_on(content);
        CHECK_FALSE(got.ok());
        CHECK(got.sent);
    }
}

TEST_CASE("spliced: a folder never makes way for a file") {
    spliced_stage on;
    on.there.folders = {"/d/f"};
    made_content content(bytes());
    auto got = on.go_on(content);
    CHECK_MESSAGE(
        got.why().find("/d/f is a folder (end its name in '/'") != got.why().npos, got.why());
    CHECK(on.methods() == words{"OPTIONS"});

    on.there.folders.clear();
    on.but = [&](const request& asked, reply&) {  // somebody makes it meanwhile
        if (!field(asked, "Content-Range").empty()) on.there.folders = {"/d/f"};
    };
    got = on.go_on(content);
    CHECK_MESSAGE(got.why().find("/d/f is a folder") != got.why().npos, got.why());
    CHECK(on.first("MOVE") == nullptr);
}

TEST_CASE("spliced: where nobody tells whether a folder is there, nothing is moved there") {
    const auto forbidden = upload_stage::refusing("403 Forbidden");
    const auto telling = [](const char* body) {
        return reply{.status = "207 Multi-Status", .body = body};
    };
    for (const auto& told :
         {forbidden, telling(""), telling("<D:resourcetype"), telling("<D:resourcetype>"),
          telling("<html>"), telling("<D:href>/resourcetype/</D:href>")}) {
        spliced_stage on;
        on.there.files["/d/f"] = "theirs";
        on.but = [&](const request& asked, reply& how) {
            if (asked.method == "PROPFIND") how = told;
        };
        made_content content(bytes());
        on.check_arrived(on.go_on(content));
        CHECK(on.methods() == words{"OPTIONS", "PUT"});
    }
}

TEST_CASE("spliced: a folder is one, whatever its name says") {
    for (const auto* body :
         {"<D:href>/resourcetype/</D:href><D:resourcetype><D:collection/></D:resourcetype>",
          "<href>/a/</href><resourcetype><collection></collection></resourcetype>",
          "<a:resourcetype xmlns:a=\"DAV:\"><a:collection /></a:resourcetype >"}) {
        INFO(body);
        spliced_stage on;
        on.but = [&](const request& asked, reply& how) {
            if (asked.method == "PROPFIND") how = {.status = "207 Multi-Status", .body = body};
        };
        made_content content(bytes());
        CHECK(on.go_on(content).why().find("is a folder") != std::string::npos);
    }
}

TEST_CASE("spliced: whoever may not look at it has it nevertheless") {
    spliced_stage on;
    on.but = [](const request& asked, reply& how) {
        if (asked.method == "HEAD" && !is_partial(asked.target))
            how = upload_stage::refusing("403 Forbidden");
    };
    made_content content(bytes());
    const auto got = on.go_on(content);
    on.check_arrived(got);
    CHECK(got.end->location == parse_url(on.server.url("/d/f")).value());
}

TEST_CASE("spliced: given up, the partial is deleted; nothing is left to delete twice") {
    spliced_stage on;
    const auto token = on.leave(1'000'000);
    made_content content(bytes());
    const auto given_up = on.on.run(giving_up(on.http(), on.request_for(content, token)));
    CHECK(given_up.has_value());
    CHECK(on.there.files.empty());
    const auto again = on.on.run(giving_up(on.http(), on.request_for(content, token)));
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == errc::session_lost);
}

TEST_CASE("spliced: where a redirect leads, there it gets its name") {
    spliced_stage on;
    lying_server door(on.on.io, {});
    door.decide = [&](const request& asked) {
        return reply{
            .status = "307 Temporarily",
            .fields = {{"Location", on.server.url(asked.target)}},
            .body = "",
            .takes = 0};
    };
    on.access->headers = {"X-Token: s3cret"};
    on.but = [](const request& asked, reply&) { CHECK(field(asked, "X-Token") == ""); };
    made_content content(bytes());
    const auto got = on.put(door.url("/d/f"), content);
    on.check_arrived(got);
    CHECK(field(*on.first("MOVE"), "Destination") == on.server.url("/d/f"));
}

TEST_CASE("spliced: where the folder is missing it is made, and the upload can be continued") {
    spliced_stage on;
    bool made = false;
    on.but = [&](const request& asked, reply& how) {
        if (asked.method == "MKCOL") made = true;
        if (asked.method == "MKCOL") how = upload_stage::stored();
        if (!made && asked.method == "OPTIONS")
            how.lines = "DAV: <http://apache.org/dav/propset/fs/1>\r\nAllow: MKCOL,PUT\r\n";
        if (!made && asked.method == "PUT") {
            how = upload_stage::refusing("409 Conflict");
            how.takes = 0;
        }
    };
    made_content content(bytes());
    auto what = on.request_for(content);
    what.make_folders = true;
    auto got = on.put(what, content);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(got.token != "");
    CHECK(on.methods() == words{"OPTIONS", "PUT", "MKCOL", "PUT", "PUT", "HEAD", "MOVE", "HEAD"});
    got = on.go_on(content);  // the folder is there now, and what was said before is forgotten
    CHECK(got.token != "");
}

}  // namespace
}  // namespace ferry::test::upload_spliced_test
