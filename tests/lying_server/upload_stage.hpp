#pragma once

#include <support/cases.hpp>
#include <support/certificates.hpp>
#include <support/lying_server.hpp>
#include <support/own_network.hpp>
#include <support/upload_rig.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace ferry::test {

using namespace std::chrono_literals;

/// A server that lies, and a client that uploads to it. Time stands still unless the test moves it.
struct upload_stage : uploader<manual_clock> {
    static constexpr auto host = "localhost";
    lying_server server{on.io, {}};

    explicit upload_stage() { server.otherwise = stored(); }

    /// What a server says that has taken all of it.
    static reply stored() {
        return {.status = "201 Created", .fields = {{"ETag", "\"new\""}}, .body = ""};
    }
    static reply refusing(const std::string& status) { return {.status = status, .body = "no"}; }

    upload_outcome put_to(std::string_view path, content& from) {
        return put(server.url(path), from);
    }
    /// Starts an upload to /f that has to wait for something, and lets it come so far.
    std::shared_ptr<started<result<object_info>>> begin(content& from) {
        auto going = on.start(uploading(http(), to(server.url("/f"), from), from, seen));
        CHECK(on.pump_until([&] { return !server.requests.empty(); }));
        on.settle();
        return going;
    }
    std::string asked(std::size_t request, std::string_view name) const {
        return field(server.requests.at(request), name);
    }
    const std::string& got(std::size_t request) const {
        return server.requests.at(request).content;
    }

    upload_outcome seen = {};  // of begin()
};

/// The same with TLS.
struct secure_upload_stage : uploader<manual_clock> {
    static constexpr auto host = "localhost";
    certificate_authority authority{on.dir};
    lying_server server{on.io, {}, authority.issue("server")};

    secure_upload_stage() {
        server.otherwise = upload_stage::stored();
        access->ca_file = authority.file();
    }
};

/// The same for a server that is elsewhere, as far as anyone can tell: needs a network of its own.
struct distant_upload_stage : uploader<manual_clock> {
    static constexpr auto host = "192.0.2.1";
    const bool there = ip("addr replace 192.0.2.1/32 dev lo");
    lying_server server{on.io, {}, host};

    distant_upload_stage() { server.otherwise = upload_stage::stored(); }
};

inline const char* const both_ways[] = {"from a descriptor", "through a buffer"};

inline made_content made(std::string bytes, const char* way) {
    const bool by_descriptor = std::string_view(way) == both_ways[0];
    using by = made_content::given_by;
    return made_content(std::move(bytes), by_descriptor ? by::descriptor : by::read);
}

/// It failed so that it will be tried again.
inline void check_transient(const upload_outcome& got) {
    CHECK_FALSE(got.ok());
    CHECK_MESSAGE(is_transient(got.code()), got.why());
}

}  // namespace ferry::test
