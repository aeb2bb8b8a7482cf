#pragma once

#include <ferry/smb/protocol.hpp>

#include <support/fixture.hpp>
#include <support/samba_server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

inline constexpr std::uint64_t mebibyte = 1U << 20;

/// Keeps what comes, as much at a time as the test wants.
class memory_sink final : public sink {
  public:
    std::string bytes = {};
    std::uint64_t portion = byte_range::open_end;  ///< bytes a reservation
    std::uint64_t wanted = byte_range::open_end;   ///< bytes until it wants no more
    std::uint64_t reserved = 0;
    std::function<void()> on_write = [] {};

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        reserved = std::min({most, portion, wanted - bytes.size()});
        co_return reserved;
    }
    awaitable<result<void>> write(std::span<const std::byte> more) override {
        CHECK(more.size() <= reserved);
        bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
        on_write();
        co_return result<void>();
    }
    direct_output direct() const noexcept override { return {}; }
    void accepted(std::uint64_t) override { FAIL("nothing goes around us"); }
};

/// A server, and us.
struct share_site {
    samba_server server;
    fixture on;
    smb::protocol smb{on.io.get_executor(), on.time};
    access_options access;

    explicit share_site(std::string_view global = {}) : server(global) {
        access.who.user = server.user();
        access.who.password = secret(server.password());
    }

    open_request asking(const std::string& path) const {
        open_request what;
        what.what = parse_url(server.url(path)).value();
        what.access = std::make_shared<const access_options>(access);
        return what;
    }
    result<std::unique_ptr<source>> open(const std::string& path) {
        return on.run(smb.open(asking(path)));
    }
    result<std::unique_ptr<source>> open(const std::string& path, byte_range range) {
        auto what = asking(path);
        what.range = range;
        what.ranged = true;
        const auto opening = on.start(smb.open(what));
        on.advance(std::chrono::seconds(1));  // longer than anybody waits for another's connection
        REQUIRE(on.pump_until([&] { return is_ready(opening); }));
        return std::move(*opening->value);
    }
    result<std::string> fetch(result<std::unique_ptr<source>> from) {
        if (!from) return from.error();
        memory_sink into;
        auto done = on.run((*from)->copy(into));
        if (!done) return done.error();
        return into.bytes;
    }
    std::error_code trouble(const std::string& path) {
        const auto opened = open(path);
        return opened ? std::error_code() : opened.error().code;
    }

    upload_request sending(const std::string& path, const content& from) const {
        upload_request what;
        what.what = parse_url(server.url(path)).value();
        what.name = "name";
        what.size = from.size();
        what.access = std::make_shared<const access_options>(access);
        return what;
    }
    result<object_info> put(upload_request what, content& from) {
        auto begun = on.run(smb.begin_upload(std::move(what)));
        if (!begun) return begun.error();
        auto sent = on.run((*begun)->send(from));
        if (!sent) return sent.error();
        return on.run((*begun)->finish());
    }
    /// Names in a folder of the server's.
    static std::vector<std::string> names_in(const std::filesystem::path& folder) {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            all.push_back(entry.path().filename().native());
        return all;
    }
};

}  // namespace ferry::test
