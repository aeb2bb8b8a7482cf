// The SMB plug-in with a real smbd: one of several connections, whose helper writes by itself.
#include "share_site.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <optional>

namespace ferry::test::smb_direct_test {
namespace {

namespace fs = std::filesystem;

/// A file that takes bytes directly. What has to go through write() is counted.
class file_sink final : public sink {
  public:
    explicit file_sink(const fs::path& path)
        : file(::open(path.c_str(), O_RDWR | O_CREAT, 0600)), output_(file.get()) {}

    detail::unique_fd file;
    std::uint64_t base = 0;                        ///< where the first byte goes
    std::uint64_t portion = byte_range::open_end;  ///< bytes a reservation
    std::uint64_t wanted = byte_range::open_end;   ///< bytes until it wants no more
    std::uint64_t direct_bytes = 0;
    std::uint64_t written_bytes = 0;
    std::function<void()> on_progress = [] {};

    /// What is given to others as our file.
    void pretend(int descriptor) { output_ = descriptor; }
    std::uint64_t bytes() const { return direct_bytes + written_bytes; }

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        co_return std::min({most, portion, wanted - bytes()});
    }
    awaitable<result<void>> write(std::span<const std::byte> more) override {
        const auto at = static_cast<off_t>(base + bytes());
        REQUIRE(::pwrite(file.get(), more.data(), more.size(), at) == ssize_t(more.size()));
        written_bytes += more.size();
        on_progress();
        co_return result<void>();
    }
    direct_output direct() const noexcept override { return {output_, base + bytes()}; }
    void accepted(std::uint64_t more) override {
        direct_bytes += more;
        if (more != 0) on_progress();
    }

  private:
    int output_;
};

struct direct_site : share_site {
    std::string whole = random_bytes(20 * mebibyte + 17);
    fs::path here = on.dir / "got";

    direct_site() { spill(source(), whole); }

    fs::path source() const { return server.data() / "file"; }
    /// As one of two that fetch it.
    result<std::unique_ptr<ferry::source>> open_one(byte_range range = {0, byte_range::open_end}) {
        auto what = asking("/data/file");
        what.range = range;
        what.ranged = true;
        what.connections = 2;
        return on.run(smb.open(std::move(what)));
    }
};

/// Our ferry-smb processes: those that are loaded, and those that they have forked.
std::vector<pid_t> helpers() {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const auto name = entry.path().filename().native();
        pid_t id = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (error != std::errc() || end != name.data() + name.size()) continue;
        std::string command;
        std::getline(std::ifstream(entry.path() / "comm"), command);
        if (command != "ferry-smb") continue;
        const auto group = ::getpgid(id);
        std::string parent;  // of the loaded one, which leads the group
        std::ifstream about("/proc/" + std::to_string(group) + "/stat");
        for (int i = 0; i < 4; ++i) about >> parent;
        if (parent == std::to_string(::getpid())) found.push_back(id);
    }
    return found;
}

}  // namespace

TEST_CASE("smb direct: the bytes are put where they belong, without passing through us") {
    direct_site site;
    file_sink into(site.here);
    auto opened = site.open_one();
    REQUIRE_MESSAGE(opened, describe(opened.error()));
    REQUIRE(site.on.run((*opened)->copy(into)));
    CHECK(difference(slurp(site.here), site.whole) == "");
    CHECK(into.direct_bytes > 16 * mebibyte);
}

TEST_CASE("smb direct: so is a range, anywhere in the file") {
    direct_site site;
    file_sink into(site.here);
    into.base = 3 * mebibyte;
    auto opened = site.open_one({5 * mebibyte + 1, 17 * mebibyte + 2});
    REQUIRE(opened);
    REQUIRE(site.on.run((*opened)->copy(into)));
    CHECK(into.direct_bytes > 0);
    const auto got = slurp(site.here);
    CHECK(got.size() == 15 * mebibyte + 1);
    CHECK(
        difference(
            got.substr(3 * mebibyte), site.whole.substr(5 * mebibyte + 1, 12 * mebibyte + 1)) ==
        "");
}

TEST_CASE("smb direct: no byte beyond what the sink reserved") {
    direct_site site;
    file_sink into(site.here);
    into.portion = 300'001;
    into.wanted = 7 * mebibyte + 3;
    auto opened = site.open_one();
    REQUIRE(opened);
    REQUIRE(site.on.run((*opened)->copy(into)));
    CHECK(into.direct_bytes > 0);
    CHECK(difference(slurp(site.here), site.whole.substr(0, 7 * mebibyte + 3)) == "");
}

TEST_CASE("smb direct: small portions, and small rests, come as they always did") {
    direct_site site;
    file_sink into(site.here);
    into.portion = 10'000;
    into.wanted = mebibyte;
    auto opened = site.open_one();
    REQUIRE(opened);
    REQUIRE(site.on.run((*opened)->copy(into)));
    CHECK(into.direct_bytes == 0);
    CHECK(difference(slurp(site.here), site.whole.substr(0, mebibyte)) == "");
}

TEST_CASE("smb direct: where the helper cannot write, the sink gets the bytes, and tells why") {
    direct_site site;
    const auto tried = [&](int descriptor) {
        fs::remove(site.here);
        file_sink into(site.here);
        into.pretend(descriptor);
        auto opened = site.open_one();
        REQUIRE(opened);
        REQUIRE(site.on.run((*opened)->copy(into)));
        CHECK(into.direct_bytes == 0);
        CHECK(difference(slurp(site.here), site.whole) == "");
    };
    const detail::unique_fd full(::open("/dev/full", O_WRONLY));
    tried(full.get());
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const detail::unique_fd reader(ends[0]), writer(ends[1]);
    tried(writer.get());
    tried(9'999);
}

TEST_CASE("smb direct: who is cancelled writes no byte more") {
    direct_site site;
    file_sink into(site.here);
    auto opened = site.open_one();
    REQUIRE(opened);
    const auto copying = site.on.start((*opened)->copy(into));
    REQUIRE(site.on.pump_until([&] { return into.direct_bytes > mebibyte; }));
    copying->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(site.on.pump_until([&] { return is_ready(copying); }));
    CHECK_FALSE(copying->value->has_value());
    opened->reset();
    REQUIRE(::ftruncate(into.file.get(), 0) == 0);
    ::usleep(300'000);
    CHECK(fs::file_size(site.here) == 0);
}

TEST_CASE("smb direct: another version is not taken for this one") {
    direct_site site;
    file_sink into(site.here);
    into.portion = mebibyte;
    auto opened = site.open_one();
    REQUIRE(opened);
    into.on_progress = [&] {
        if (into.bytes() > 2 * mebibyte) spill(site.source(), random_bytes(20 * mebibyte, 2));
    };
    const auto copied = site.on.run((*opened)->copy(into));
    REQUIRE_FALSE(copied);
    CHECK(copied.error().code == errc::source_changed);
    const auto good = into.bytes();
    CHECK(slurp(site.here).substr(0, good) == site.whole.substr(0, good));
}

TEST_CASE("smb direct: a helper that is killed is a lost connection; the next one is there") {
    direct_site site;
    for (int i = 0; i < 2; ++i) {
        fs::remove(site.here);
        file_sink into(site.here);
        into.portion = mebibyte;
        auto opened = site.open_one();
        REQUIRE(opened);
        into.on_progress = [&] {
            if (into.bytes() > 2 * mebibyte)
                for (const auto id : helpers()) ::kill(id, SIGKILL);
        };
        const auto copied = site.on.run((*opened)->copy(into));
        REQUIRE_FALSE(copied);
        CHECK(is_transient(copied.error().code));
        const auto good = into.bytes();
        CHECK(slurp(site.here).substr(0, good) == site.whole.substr(0, good));
    }
    CHECK(difference(site.fetch(site.open_one()).value(), site.whole) == "");
}

TEST_CASE("smb: without us, no helper stays") {
    {
        direct_site site;
        REQUIRE(site.open_one());
        CHECK(helpers().size() >= 2);
    }
    CHECK(helpers().empty());
}

}  // namespace ferry::test::smb_direct_test
