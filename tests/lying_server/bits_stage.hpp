#pragma once

#include <support/bits_server.hpp>
#include <support/fixture.hpp>
#include <support/made_content.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

namespace ferry::test {

using namespace std::chrono_literals;

/// A client, a BITS server, and what is to be uploaded to it as /in/f.
template <class Fixture>
struct basic_bits_stage {
    using begun = result<std::unique_ptr<upload_session>>;

    Fixture on;
    bits_server server{on.io};
    access_options access = {};
    const std::string bytes;
    made_content content;

    explicit basic_bits_stage(
        std::string what = random_bytes(20'000),
        made_content::given_by way = made_content::given_by::descriptor)
        : bytes(std::move(what)), content(bytes, way) {
        access.connect_timeout = 10s;
        access.reply_timeout = 10s;
    }

    protocol& http() { return *on.protocols.find("http"); }
    upload_request request(const std::string& url, std::string token = {}) const {
        upload_request what;
        what.what = parse_url(url).value();
        what.name = "f";
        what.size = bytes.size();
        what.how = upload_protocol::bits;
        what.token = std::move(token);
        what.access = std::make_shared<const access_options>(access);
        return what;
    }
    upload_request request() const { return request(server.url("/in/f")); }
    upload_request again(const std::string& token) const {
        return request(server.url("/in/f"), token);
    }

    begun begin(upload_request what) { return on.run(http().begin_upload(std::move(what))); }
    /// One that must begin well.
    std::unique_ptr<upload_session> session(upload_request what) {
        auto got = begin(std::move(what));
        REQUIRE_MESSAGE(got.has_value(), describe(got ? failure() : got.error()));
        return std::move(*got);
    }
    std::unique_ptr<upload_session> session() { return session(request()); }
    result<void> send(upload_session& to) { return on.run(to.send(content)); }
    result<object_info> finish(upload_session& of) { return on.run(of.finish()); }

    /// The code of what happened; no error if it went well.
    template <class T>
    static std::error_code code(const result<T>& got) {
        return got ? std::error_code() : got.error().code;
    }
    template <class T>
    static std::string why(const result<T>& got) {
        return got ? "it succeeded" : describe(got.error());
    }

    /// How what has arrived differs; empty if it does not.
    std::string off(const std::string& target = "/in/f") {
        const auto found = server.site.files.find(target);
        return found == server.site.files.end() ? "there is no file"
                                                : difference(found->second, bytes);
    }
    /// What the server has to complain about, for CHECK(… == "").
    std::string offences() const {
        std::string all;
        for (const auto& one : server.site.offences) all += one + "; ";
        return all;
    }
    /// All in one; the story is the server's.
    void upload() {
        const auto one = session();
        const auto sent = send(*one);
        REQUIRE_MESSAGE(sent.has_value(), why(sent));
        const auto ended = finish(*one);
        REQUIRE_MESSAGE(ended.has_value(), why(ended));
        CHECK(off() == "");
        CHECK(offences() == "");
        CHECK(server.site.sessions() == 0);
    }
};

using bits_stage = basic_bits_stage<real_time_fixture>;

}  // namespace ferry::test
