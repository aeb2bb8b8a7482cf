#include <ferry/transfer.hpp>

#include <support/files.hpp>
#include <support/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <memory>

namespace ferry::test::transfer_slots_test {

using namespace std::chrono_literals;

namespace {

/// Servers that count who is connected to them; the n-th thing that anybody does there can fail.
struct town {
    std::map<std::string, std::string> objects = {};  // by path
    std::map<std::string, std::size_t> guests = {};   // by host
    std::map<std::string, std::size_t> most_guests = {};
    std::size_t steps = 0;
    std::function<result<void>(std::size_t step)> before = [](std::size_t) {
        return result<void>();
    };
};

/// As long as it lives, its host has one connection more.
class guest {
  public:
    guest(town& in, const std::string& host) : count_(in.guests[host]) {
        auto& most = in.most_guests[host];
        most = std::max(most, ++count_);
    }
    guest(const guest&) = delete;
    guest& operator=(const guest&) = delete;
    ~guest() { --count_; }

  private:
    std::size_t& count_;
};

awaitable<result<void>> step(town& in) {
    const auto here = co_await asio::this_coro::executor;
    co_await asio::post(here, asio::use_awaitable);  // others have their turn
    co_return in.before(in.steps++);
}

class town_source final : public source {
  public:
    town_source(town& in, std::unique_ptr<guest> here, const open_request& what)
        : town_(in), here_(std::move(here)), body_(in.objects.at(what.what.path)) {
        info_.size = body_.size();
        info_.version.tag = "\"v1\"";
        info_.ranges = true;
        info_.location = what.what;
        if (what.ranged) range_ = what.range;
        range_.end = std::min<std::uint64_t>(range_.end, body_.size());
    }
    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }

    awaitable<result<void>> copy(sink& into) override {
        for (auto left = range_; !left.empty();) {
            auto allowed = co_await step(town_);
            if (!allowed) co_return allowed;
            auto room = co_await into.reserve(std::min<std::uint64_t>(left.size(), 700'000));
            if (!room) co_return room.error();
            if (*room == 0) break;
            const auto part = std::string_view(body_).substr(left.first, *room);
            auto put = co_await into.write(std::as_bytes(std::span(part)));
            if (!put) co_return put;
            left.first += *room;
        }
        co_return result<void>();
    }

  private:
    town& town_;
    std::unique_ptr<guest> here_;
    const std::string& body_;
    object_info info_;
    byte_range range_;
};

class town_protocol final : public protocol {
  public:
    explicit town_protocol(town& in) : town_(in) {}
    bool speaks(std::string_view scheme) const noexcept override { return scheme == "town"; }
    awaitable<result<std::unique_ptr<source>>> open(open_request what) override {
        auto here = std::make_unique<guest>(town_, what.what.host);
        auto allowed = co_await step(town_);
        if (!allowed) co_return allowed.error();
        co_return std::make_unique<town_source>(town_, std::move(here), what);
    }

  private:
    town& town_;
};

template <class Clock>
struct basic_rig {
    struct going {
        transfer_status status = {};
        std::optional<result<void>> end = {};
        asio::cancellation_signal stop = {};
    };

    asio::io_context io{1};
    Clock time;
    test::temp_dir dir;
    disk_pool disk{2};
    rate_limit rate{time};
    publisher publishing{io.get_executor(), disk};
    host_gates gates;
    host_slots slots{io.get_executor()};
    protocol_set protocols;
    environment world{time, protocols, disk, rate, publishing, gates, [] { return 0.5; }, &slots};
    town there;
    transfer_options options;
    std::list<going> all;

    basic_rig() {
        protocols.add(std::make_unique<town_protocol>(there));
        options.retry = {.first = 1ms, .longest = 2ms, .give_up = 15s, .jitter = false};
    }
    going& start(const std::string& from) {
        auto& one = all.emplace_back();
        const auto what = parse_url(from).value();
        const auto name = what.host + what.path.substr(1);
        asio::co_spawn(
            io, download(world, what, dir / name, options, one.status),
            asio::bind_cancellation_slot(
                one.stop.slot(), [&one](std::exception_ptr, result<void> end) { one.end = end; }));
        return one;
    }
    void stop_all() {
        for (auto& one : all) one.stop.emit(asio::cancellation_type::terminal);
    }
    bool all_end() {
        io.restart();
        io.run_for(20s);
        return std::all_of(all.begin(), all.end(), [](auto& one) { return one.end.has_value(); });
    }
    std::size_t free(const std::string& origin) {
        std::vector<host_slots::slot> taken;
        while (auto one = slots.try_acquire(origin)) taken.push_back(std::move(*one));
        return taken.size();
    }
};

using rig = basic_rig<ferry::system_clock>;

/// One file in segments and some small ones, from one host that takes two connections.
struct crowd : rig {
    static constexpr std::size_t most = 2;
    crowd() {
        slots.set_limit(most);
        there.objects = {{"/large", std::string(6'500'000, 'x')}, {"/small", "bytes"}};
        options.connections = 4;
    }
    void start_all() {
        start("town://h/large");
        for (int i = 0; i < 4; ++i) {
            there.objects["/" + std::to_string(i)] = "small";
            start("town://h/" + std::to_string(i));
        }
    }
    void check_bounds() {
        CHECK(there.most_guests["h"] <= most);
        CHECK(there.guests["h"] == 0);
        CHECK(free("town://h") == most);
    }
};

}  // namespace

TEST_CASE("transfer slots: any number of downloads never has more connections than its host may") {
    std::size_t side_by_side = 0;
    for (const std::size_t most : {1, 2, 3, 6}) {
        rig it;
        it.slots.set_limit(most);
        for (int i = 0; i < 30; ++i) {
            const auto path = "/" + std::to_string(i);
            it.there.objects[path] = "bytes";
            it.start("town://h" + std::to_string(i % 2) + path);
        }
        REQUIRE(it.all_end());
        for (const auto& one : it.all) CHECK(one.end->has_value());
        CHECK(it.there.most_guests["h0"] <= most);
        CHECK(it.there.most_guests["h1"] <= most);
        CHECK(it.free("town://h0") == most);
        side_by_side =
            std::max({side_by_side, it.there.most_guests["h0"], it.there.most_guests["h1"]});
    }
    CHECK(side_by_side >= 2);
}

TEST_CASE("transfer slots: segments take what is free, and do without what is not") {
    for (const std::size_t most : {1, 2, 4, 0}) {
        rig it;
        it.slots.set_limit(most);
        it.options.connections = 4;
        it.there.objects["/f"] = std::string(9'000'000, 'x');
        it.start("town://h/f");
        REQUIRE(it.all_end());
        CHECK(it.all.front().end->has_value());
        CHECK(it.there.most_guests["h"] == (most == 0 ? 4 : most));
        CHECK(std::filesystem::file_size(it.dir / "hf") == 9'000'000);
    }
}

TEST_CASE("transfer slots: the time spent in line is not the source's fault") {
    basic_rig<test::manual_clock> it;
    it.slots.set_limit(1);
    it.there.objects["/f"] = "bytes";
    it.there.before = [](std::size_t n) {
        return n == 0 ? result<void>(errc::cut_short) : result<void>();
    };
    auto held = it.slots.try_acquire("town://h");
    auto& one = it.start("town://h/f");
    it.io.run_for(30ms);
    CHECK(one.status.phase == transfer_phase::waiting);
    CHECK(it.there.steps == 0);
    it.time.advance(1h);  // longer than it would go on trying
    held.reset();
    while (one.status.phase != transfer_phase::retrying) it.io.run_one_for(20s);
    it.io.run_for(30ms);
    it.time.advance(1ms);
    REQUIRE(it.all_end());
    CHECK(one.end->has_value());
}

TEST_CASE("transfer slots: nobody keeps one while its host wants to be left alone") {
    basic_rig<test::manual_clock> it;
    it.slots.set_limit(1);
    it.there.objects["/f"] = "bytes";
    auto held = it.slots.try_acquire("town://h");
    auto& one = it.start("town://h/f");
    it.io.run_for(30ms);
    CHECK(one.status.phase == transfer_phase::waiting);
    it.gates.close("h", it.time.now() + 1h);
    held.reset();
    while (one.status.phase != transfer_phase::retrying) it.io.run_one_for(20s);
    CHECK(it.free("town://h") == 1);
    CHECK(it.there.steps == 0);
    it.io.run_for(30ms);
    it.time.advance(1h);
    REQUIRE(it.all_end());
    CHECK(one.end->has_value());
}

TEST_CASE("transfer slots: whatever fails, no slot is lost and all arrive") {
    std::size_t steps = 1;
    for (std::size_t n = 0; n < steps; ++n) {
        CAPTURE(n);
        crowd it;
        it.there.before = [n](std::size_t step) {
            return step == n ? result<void>(errc::cut_short) : result<void>();
        };
        it.start_all();
        REQUIRE(it.all_end());
        for (const auto& one : it.all) CHECK(one.end->has_value());
        it.check_bounds();
        steps = it.there.steps;
    }
    CHECK(steps > 10);
}

TEST_CASE("transfer slots: whatever fails for good, no slot is lost and all end") {
    std::size_t steps = 1;
    for (std::size_t n = 0; n < steps; ++n) {
        CAPTURE(n);
        crowd it;
        it.there.before = [n](std::size_t step) {
            return step >= n ? result<void>(errc::refused) : result<void>();
        };
        it.start_all();
        REQUIRE(it.all_end());
        it.check_bounds();
        steps = std::max(steps, it.there.steps);
        if (it.there.steps < n) break;
    }
}

TEST_CASE("transfer slots: whenever all are cancelled, no slot is lost and all end") {
    for (std::size_t n = 0;; ++n) {
        CAPTURE(n);
        crowd it;
        it.there.before = [&it, n](std::size_t step) {
            if (step == n) asio::post(it.io, [&it] { it.stop_all(); });
            return result<void>();
        };
        it.start_all();
        REQUIRE(it.all_end());
        it.check_bounds();
        if (it.there.steps <= n) break;
    }
}

TEST_CASE("transfer slots: files of this machine need none") {
    rig it;
    it.slots.set_limit(1);
    it.there.objects["/f"] = "bytes";
    const auto held = it.slots.try_acquire("town://");
    it.start("town:/f");
    REQUIRE(it.all_end());
    CHECK(it.all.front().end->has_value());
}

}  // namespace ferry::test::transfer_slots_test
