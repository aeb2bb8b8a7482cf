#include <ferry/http/upload/put.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace ferry::test::http_upload_dialogue_test {

namespace http = ferry::http;

namespace {

ferry::url at(const std::string& text) { return ferry::parse_url(text).value(); }

http::answer answered(int status, std::string reason = "Because") {
    http::answer got;
    got.asked.method = "PUT";
    got.asked.what = at("http://h/d/f");
    got.asked.access = std::make_shared<const ferry::access_options>();
    got.head.status = status;
    got.head.reason = std::move(reason);
    return got;
}

ferry::failure refused(int status) { return http::refusal(answered(status), {}); }

}  // namespace

TEST_CASE("upload place: a URL that ends in a slash is a folder, any other the object itself") {
    const auto in = [](const std::string& folder, const std::string& name) {
        return to_string(http::object_in(at(folder), name));
    };
    CHECK(in("http://h/d/", "f") == "http://h/d/f");
    CHECK(in("http://h/d", "f") == "http://h/d");
    CHECK(in("http://h", "f") == "http://h/f");
    CHECK(in("http://h/d/?key=1", "f") == "http://h/d/f?key=1");
    CHECK(in("http://h/d%20e/", "a b") == "http://h/d%20e/a%20b");
    CHECK(in("http://h/", "#%?/\\") == "http://h/%23%25%3F%2F%5C");
    CHECK(in("http://h/", "\xc3\xa4.txt~-_") == "http://h/%C3%A4.txt~-_");
}

TEST_CASE("upload place: a sibling differs in the last segment only") {
    const auto beside = [](const std::string& what, const std::string& name) {
        return to_string(http::sibling_of(at(what), name));
    };
    CHECK(beside("https://h:8443/d/f?x", ".g#") == "https://h:8443/d/.g%23?x");
    CHECK(beside("http://h/f", "") == "http://h/");
    CHECK(beside("http://h/d/", "f") == "http://h/d/f");
}

TEST_CASE("upload token: it names the partial, and is told from others") {
    const auto token = http::put_token(at("http://h/d/.f%20g.ferry-part-1234"));
    CHECK(token == "put http://h/d/.f%20g.ferry-part-1234");
    CHECK(http::is_put_token(token));
    for (const auto* other : {"", "put", "puttu", "tus http://h/", "bits 1", "http://h/f"})
        CHECK_FALSE(http::is_put_token(other));
    CHECK(http::put_token(at("http://ann:secret@h/f")).find("secret") == std::string::npos);
}

TEST_CASE("upload refusal: the status says whether it is worth another try") {
    for (const int status : {401, 403, 407}) CHECK(refused(status).code == errc::unauthorized);
    for (const int status : {404, 410}) CHECK(refused(status).code == errc::not_found);
    for (const int status : {400, 405, 409, 411, 413, 415, 422, 423, 501})
        CHECK(refused(status).code == errc::refused);
    for (const int status : {408, 425, 429, 500, 502, 503, 504, 507})
        CHECK(refused(status).code == errc::overloaded);
    CHECK(refused(412).code == errc::refused);
    for (const auto* wish : {"If-None-Match: *", "Overwrite: F"}) {
        auto got = answered(412);
        got.asked.fields = {wish};
        CHECK(http::refusal(got, {}).code == errc::exists);
    }
    for (const int status : {300, 304}) CHECK(refused(status).code == errc::refused);
}

TEST_CASE("upload refusal: it says what was asked, what came, and what can be done") {
    const auto why = refused(413);
    CHECK(why.http_status == 413);
    CHECK(why.context == ferry::error_context::remote_file);
    CHECK(why.detail == "PUT http://h/d/f: 413 Because (the server takes no file of that size)");
    for (const int status : {404, 409})
        CHECK(refused(status).detail.find("--create-dirs") != std::string::npos);
    for (const int status : {405, 501})
        CHECK(refused(status).detail.find("--upload-protocol") != std::string::npos);
    CHECK(refused(507).detail.find("no room left") != std::string::npos);
    CHECK(refused(407).detail.find("in a proxy's name") != std::string::npos);
    CHECK(refused(204).detail == "PUT http://h/d/f: 204 Because");
    CHECK(refused(400).detail == "PUT http://h/d/f: 400 Because");
}

TEST_CASE("upload refusal: the server's wish for a pause is kept") {
    auto got = answered(503);
    got.head.fields.begin();
    got.head.fields.append_name("Retry-After");
    got.head.fields.append_value("7");
    CHECK(http::refusal(got, {}).retry_after == std::chrono::seconds(7));
}

TEST_CASE("upload request: the content's length is announced, and permission asked for if wanted") {
    http::request asked;
    asked.method = "PUT";
    asked.what = at("http://h/f");
    asked.access = std::make_shared<const ferry::access_options>();
    asked.content = http::request_content();
    CHECK(http::to_text(asked).find("\r\nContent-Length: 0\r\n") != std::string::npos);
    CHECK(http::to_text(asked).find("Expect") == std::string::npos);
    asked.content->size = 5'000'000'000;
    asked.content->ask_first = true;
    asked.fields = {"Content-Range: bytes 0-4999999999/5000000000", "If-None-Match: *"};
    const auto text = http::to_text(asked);
    CHECK(text.starts_with("PUT /f HTTP/1.1\r\n"));
    for (const auto* line :
         {"\r\nContent-Length: 5000000000\r\n", "\r\nExpect: 100-continue\r\n",
          "\r\nContent-Range: bytes 0-4999999999/5000000000\r\n", "\r\nIf-None-Match: *\r\n"})
        CHECK(text.find(line) != std::string::npos);
}

}  // namespace ferry::test::http_upload_dialogue_test
