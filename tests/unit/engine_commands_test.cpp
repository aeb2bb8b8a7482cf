#include <ferry/partial.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>
#include <asio/this_coro.hpp>

#include <sys/resource.h>

#include <csignal>
#include <functional>

namespace ferry::test::engine_commands_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

struct command {
    const char* name;
    std::optional<job_event> event;  // none: possible unless the job is over
    std::function<awaitable<result<job>>(engine_rig&, std::string)> call;
};

std::vector<command> commands() {
    const auto adding = [](engine_rig& it, std::string id) {
        auto more = it.wanted({"more"}).files;
        return it.engine->add_files(std::move(id), std::move(more));
    };
    const auto changing = [](engine_rig& it, std::string id) {
        engine::change_request what;
        what.description = "other";
        return it.engine->change(std::move(id), std::move(what));
    };
    return {
        {"suspend", job_event::suspend,
         [](engine_rig& it, std::string id) { return it.engine->suspend(std::move(id)); }},
        {"resume", job_event::resume,
         [](engine_rig& it, std::string id) { return it.engine->resume(std::move(id)); }},
        {"complete", job_event::complete,
         [](engine_rig& it, std::string id) { return it.engine->complete(std::move(id)); }},
        {"remove", job_event::cancel,
         [](engine_rig& it, std::string id) { return it.engine->remove(std::move(id)); }},
        {"reject", job_event::reject_content,
         [](engine_rig& it, std::string id) { return it.engine->reject(std::move(id), 0); }},
        {"add files", std::nullopt, adding},
        {"change", std::nullopt, changing}};
}

/// No file can be written as long as it lives, as if the disk were full.
class full_disk {
  public:
    full_disk() : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit nothing{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &nothing);
    }
    ~full_disk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    full_disk(const full_disk&) = delete;
    full_disk& operator=(const full_disk&) = delete;

  private:
    void (*signal_)(int);
    rlimit before_{};
};

std::error_code code_of(const result<job>& one) {
    return one ? std::error_code() : one.error().code;
}

}  // namespace

TEST_CASE("engine: every command in every state does what the life cycle says, or nothing") {
    for (const auto& [name, event, call] : commands()) {
        for (std::size_t i = 0; i < job_states; ++i) {
            const auto state = static_cast<job_state>(i);
            INFO(name << " " << to_string(state));
            engine_rig it;
            const auto one = brought_to(it, state);
            const bool possible = event ? next_state(state, *event).has_value() : !is_final(state);
            const auto got = it.run(call(it, one.id));
            REQUIRE(got.has_value() == possible);
            if (!possible) {
                CHECK(got.error().code == errc::wrong_state);
                CHECK(it.state(one) == state);
            } else if (event && next_state(state, *event) != queued) {
                CHECK(got->state == *next_state(state, *event));
            } else if (event) {  // and then it may have gone on
                CHECK((is_active(got->state) || got->state == transferred));
            }
        }
    }
}

TEST_CASE("engine: no command finds a job that is not there") {
    engine_rig it;
    for (const auto& [name, event, call] : commands())
        CHECK(code_of(it.run(call(it, "nobody"))) == errc::no_such_job);
    CHECK(code_of(it.run(it.engine->wait("nobody"))) == errc::no_such_job);
    CHECK(it.engine->explain("nobody").error().code == errc::no_such_job);
    CHECK(it.engine->find("nobody") == nullptr);
}

TEST_CASE("engine: of two commands at once, the second one sees what the first one did") {
    for (const auto& [name, event, call] : commands()) {
        INFO(name);
        engine_rig it;
        const auto one = brought_to(it, transferring);
        const auto removing = it.loop.start(it.engine->remove(one.id));
        const auto other = it.loop.start(call(it, one.id));
        CHECK(it.settle_until([&] { return removing->ready() && other->ready(); }));
        CHECK(code_of(*removing->value) == std::error_code());
        CHECK(code_of(*other->value) == errc::wrong_state);
        CHECK(it.state(one) == cancelled);
    }
}

TEST_CASE("engine: a command is finished although its caller is cancelled, who then knows it") {
    engine_rig it;
    const auto one = brought_to(it, transferring);
    const auto caller = [](engine& with, std::string id) -> awaitable<result<bool>> {
        const auto done = co_await with.suspend(std::move(id));
        const auto state = co_await asio::this_coro::cancellation_state;
        co_return done && !!state.cancelled();
    };
    const auto calling = it.loop.start(caller(*it.engine, one.id));
    calling->cancel();
    REQUIRE(it.settle_until([&] { return calling->ready(); }));
    CHECK(calling->value->value());
    CHECK(it.state(one) == suspended);
    it.restart();
    CHECK(it.state(one) == suspended);
}

TEST_CASE("engine: files may be added while others are on their way") {
    engine_rig it;
    it.on.script = {{.cut_after = 50'000}};
    const auto one = it.create("a");
    REQUIRE(it.settle_until([&] { return it.at(one).bytes_transferred() == 50'000; }));
    const auto files = it.wanted({"b", "c"}).files;
    REQUIRE(it.run(it.engine->add_files(one.id, files)).has_value());
    it.advance(1s);
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.at(one).files_transferred() == 3);
}

TEST_CASE("engine: files may be added at any moment of a transfer, and none is forgotten") {
    for (int moment = 0;; ++moment) {
        INFO(moment);
        engine_rig it;
        const auto one = it.create("a");
        for (int i = 0; i < moment && it.state(one) != transferred; ++i) {
            it.loop.io.restart();
            it.loop.io.run_one_for(5ms);
        }
        const bool was_late = it.state(one) == transferred;
        const auto added = it.run(it.engine->add_files(one.id, it.wanted({"b"}).files));
        REQUIRE(added.has_value());
        if (it.state(one) == suspended) REQUIRE(it.run(it.engine->resume(one.id)).has_value());
        REQUIRE(it.settle_until([&] { return it.at(one).files_transferred() == 2; }));
        CHECK(it.reaches(one, transferred));
        if (was_late) break;
    }
}

TEST_CASE("engine: a new limit of its rate counts at once, other settings from the next file on") {
    engine_rig it;
    auto what = it.wanted({"a", "b"});
    what.settings.bytes_per_second = 1'000;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, transferring));
    it.advance(1s);
    CHECK(it.state(one) == transferring);
    engine::change_request faster;
    faster.settings = it.at(one).settings;
    faster.settings->bytes_per_second = 0;
    faster.display_name = "other";
    REQUIRE(it.run(it.engine->change(one.id, std::move(faster))).has_value());
    it.advance(1s);  // those who wait for a share look up now and then
    CHECK(it.reaches(one, transferred));
    CHECK(it.at(one).display_name == "other");
}

TEST_CASE("engine: a job of which only some files are here can be completed") {
    engine_rig it;
    it.on.script = {{}, {.silent = true}};
    const auto one = it.create(it.wanted({"a", "b"}));
    REQUIRE(it.settle_until([&] { return it.at(one).files_transferred() == 1; }));
    const auto done = it.run(it.engine->complete(one.id));
    REQUIRE(done.has_value());
    CHECK(done->files[0].state == acknowledged);
    CHECK(done->files[1].state == cancelled);
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK_FALSE(std::filesystem::exists(partial_of(it.file("b")).data));
}

TEST_CASE("engine: what cannot be completed stays as it is, and can be completed when repaired") {
    engine_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    std::filesystem::create_directory(it.file("a"));
    CHECK_FALSE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(it.state(one) == transferred);
    std::filesystem::remove(it.file("a"));
    CHECK(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
}

TEST_CASE("engine: content that its owner rejects is fetched again, from zero") {
    engine_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    CHECK(code_of(it.run(it.engine->reject(one.id, 1))) == errc::bad_argument);
    const auto rejected = it.run(it.engine->reject(one.id, 0));
    REQUIRE(rejected.has_value());
    CHECK(rejected->state == error);
    CHECK(rejected->error->why.code == errc::rejected);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.on.requests.size() == 2);
    CHECK(it.at(one).files[0].bytes_resumed == 0);
}

TEST_CASE("engine: a store that fails lets no job in, and every command says so") {
    engine_rig it;
    const auto old = brought_to(it, transferring);
    result<job> created = failure{};
    result<job> suspending = failure{};
    {
        const full_disk now;
        created = it.run(it.engine->create(it.wanted({"b"})));
        suspending = it.run(it.engine->suspend(old.id));
    }
    CHECK(code_of(created) == std::errc::file_too_large);
    CHECK(code_of(suspending) == std::errc::file_too_large);
    CHECK(it.state(old) == suspended);  // nevertheless
    CHECK(it.engine->jobs().size() == 1);
    const auto stored = std::filesystem::directory_iterator(it.dir / "jobs");
    CHECK(std::distance(begin(stored), end(stored)) == 1);
    CHECK(it.reaches(it.create("b"), transferred));  // its destination is free
}

TEST_CASE("engine: what another method than GET brings, cannot wait") {
    engine_rig it;
    auto what = it.wanted({"a"});
    what.state = suspended;
    what.priority = job_priority::low;
    what.settings.method = "GET";
    const auto one = it.create(std::move(what));
    CHECK(one.priority == job_priority::low);
    job_change change;
    change.settings = one.settings;
    change.settings->method = "POST";
    for (int i = 0; i < 2; ++i) {
        REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
        CHECK(it.at(one).priority == job_priority::foreground);
        change.priority = job_priority::low;
    }
}

TEST_CASE("engine: a resume or a change that cannot be stored has not happened") {
    for (const auto state : {suspended, error, transient_error}) {
        CAPTURE(to_string(state));
        engine_rig it;
        const auto old = brought_to(it, state);
        const auto before = it.at(old);
        it.on.script.clear();
        const auto asked = it.on.requests.size();
        job_change what;
        what.display_name = "other";
        what.priority = job_priority::low;
        {
            const full_disk now;
            CHECK(code_of(it.run(it.engine->resume(old.id))) == std::errc::file_too_large);
            CHECK(code_of(it.run(it.engine->change(old.id, what))) == std::errc::file_too_large);
        }
        it.settle();
        CHECK(it.state(old) == state);
        CHECK(it.at(old).display_name == before.display_name);
        CHECK(it.at(old).priority == before.priority);
        CHECK(it.at(old).error.has_value() == before.error.has_value());
        CHECK(it.on.requests.size() <= asked + 1);  // it may have begun
        REQUIRE(it.run(it.engine->resume(old.id)).has_value());
        CHECK(it.reaches(old, transferred));
    }
}

}  // namespace ferry::test::engine_commands_test
