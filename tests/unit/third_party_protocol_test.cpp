#include <ferry/transfer.hpp>

#include <doctest/doctest.h>
#include <support/transfer_world.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test::third_party_protocol_test {

// What somebody writes who wants ferry to fetch from somewhere else: here, from a map in memory.
// It needs two small classes; partial, journal, resume, retry and limits come with ferry.

using namespace std::chrono_literals;

namespace {

struct shelf {
    std::map<std::string, std::string> objects = {};
    std::uint64_t cut_next_after = byte_range::open_end;  ///< bytes until the next copy breaks off
    std::vector<byte_range> asked = {};
};

class mem_source final : public source {
  public:
    mem_source(const std::string& object, const open_request& what, std::uint64_t cut_after)
        : object_(object), left_until_cut_(cut_after) {
        info_.size = object.size();
        info_.version.tag = "\"" + std::to_string(std::hash<std::string>()(object)) + "\"";
        info_.ranges = true;
        info_.location = what.what;
        if (what.ranged) range_ = what.range;
        range_.end = std::max(range_.first, std::min<std::uint64_t>(range_.end, object.size()));
    }
    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }

    awaitable<result<void>> copy(sink& into) override {
        for (auto left = range_; !left.empty();) {
            if (left_until_cut_ == 0) co_return failure{errc::cut_short, "the shelf fell over"};
            const auto most = std::min(left.size(), left_until_cut_);
            const auto reserved = co_await into.reserve(most);
            if (!reserved) co_return reserved.error();
            if (*reserved == 0) break;
            const auto part = std::string_view(object_).substr(left.first, *reserved);
            auto written = co_await into.write(std::as_bytes(std::span(part)));
            if (!written) co_return written;
            left.first += *reserved;
            left_until_cut_ -= *reserved;
        }
        co_return result<void>();
    }

  private:
    const std::string& object_;
    std::uint64_t left_until_cut_;
    object_info info_;
    byte_range range_;
};

class mem_protocol final : public protocol {
  public:
    explicit mem_protocol(shelf& on) : shelf_(on) {}

    bool speaks(std::string_view scheme) const noexcept override { return scheme == "mem"; }

    awaitable<result<std::unique_ptr<source>>> open(open_request what) override {
        shelf_.asked.push_back(what.range);
        const auto found = shelf_.objects.find(what.what.path);
        if (found == shelf_.objects.end())
            co_return failure{errc::not_found, to_string(what.what), error_context::remote_file};
        const auto cut = std::exchange(shelf_.cut_next_after, byte_range::open_end);
        co_return std::make_unique<mem_source>(found->second, what, cut);
    }

  private:
    shelf& shelf_;
};

struct program : test::transfer_world {
    shelf things;
    transfer_options options;
    transfer_status status;

    program() { protocols.add(std::make_unique<mem_protocol>(things)); }

    /// The clock jumps to the next alarm whenever the download waits for it between two tries.
    result<void> get(const std::string& from) {
        const auto what = parse_url(from).value();
        const auto going = loop.start(download(world, what, dir / "got", options, status));
        while (!going->ready()) {
            loop.io.restart();
            loop.io.run_one_for(10ms);
            if (status.phase == transfer_phase::retrying && status.next_try)
                loop.advance(*status.next_try - loop.time.now());
        }
        return std::move(*going->value);
    }
};

}  // namespace

TEST_CASE("third-party protocol: an object arrives in a file") {
    program my;
    my.things.objects["thing"] = test::random_bytes(5'000'000);
    const auto got = my.get("mem:thing");
    REQUIRE_MESSAGE(got.has_value(), (got ? "" : describe(got.error())));
    CHECK(test::difference(test::slurp(my.dir / "got"), my.things.objects["thing"]) == "");
    CHECK(my.status.bytes_received == 5'000'000);
}

TEST_CASE("third-party protocol: a broken copy is continued where it stopped") {
    program my;
    my.things.objects["thing"] = test::random_bytes(5'000'000);
    my.things.cut_next_after = 3'000'000;
    const auto got = my.get("mem:thing");
    REQUIRE_MESSAGE(got.has_value(), (got ? "" : describe(got.error())));
    CHECK(test::difference(test::slurp(my.dir / "got"), my.things.objects["thing"]) == "");
    REQUIRE(my.things.asked.size() == 2);
    CHECK(my.things.asked.at(1).first == 3'000'000);
    CHECK(my.status.bytes_received == 5'000'000);
}

TEST_CASE("third-party protocol: its failures come out as they are") {
    program my;
    const auto got = my.get("mem:nothing");
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::not_found);
    CHECK(describe(got.error()).find("mem:nothing") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(my.dir / "got"));
}

TEST_CASE("third-party protocol: a scheme that nobody speaks is unsupported") {
    program my;
    const auto got = my.get("gopher://h/x");
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::unsupported);
    CHECK(my.things.asked.empty());
}

}  // namespace ferry::test::third_party_protocol_test
