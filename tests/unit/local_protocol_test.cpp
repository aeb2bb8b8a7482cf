#include <ferry/checksum.hpp>
#include <ferry/local/protocol.hpp>

#include <doctest/doctest.h>
#include <support/files.hpp>
#include <support/loop.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ferry::test::local_protocol_test {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t no_end = byte_range::open_end;
constexpr std::uint64_t mebibyte = 1 << 20;

/// Takes what it is told to take, and keeps count.
class test_sink : public sink {
  public:
    std::uint64_t portion = no_end;  ///< bytes a reservation
    std::uint64_t wanted = no_end;   ///< bytes until it wants no more
    std::uint64_t taken = 0;
    std::function<void()> on_reserve = [] {};

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        on_reserve();
        co_return std::min({most, portion, wanted - taken});
    }
    void accepted(std::uint64_t bytes) override { taken += bytes; }
};

class memory_sink final : public test_sink {
  public:
    std::string bytes;
    result<void> verdict;

    awaitable<result<void>> write(std::span<const std::byte> more) override {
        bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
        taken += more.size();
        co_return verdict;
    }
    direct_output direct() const noexcept override { return {}; }
};

class file_sink final : public test_sink {
  public:
    explicit file_sink(const fs::path& path, int flags = O_RDWR | O_CREAT, std::uint64_t at = 0)
        : file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)), start_(at) {}

    awaitable<result<void>> write(std::span<const std::byte>) override {
        co_return failure{errc::malformed, "write() although there is a descriptor"};
    }
    direct_output direct() const noexcept override { return {file_.get(), start_ + taken}; }

  private:
    ferry::detail::unique_fd file_;
    std::uint64_t start_;
};

/// An event loop, a folder with a file "from", and the protocol.
class setting {
  public:
    loop on;
    temp_dir dir;
    disk_pool disk{1};
    local::protocol files{disk};

    result<std::unique_ptr<source>> open(const fs::path& path) {
        return open(path, open_request{});
    }
    result<std::unique_ptr<source>> open(const fs::path& path, open_request request) {
        request.what = from_path(path);
        return on.run(files.open(std::move(request)));
    }
    result<std::unique_ptr<source>> open_range(const fs::path& path, byte_range range) {
        open_request request;
        request.range = range;
        request.ranged = true;
        return open(path, std::move(request));
    }
    result<void> copy(source& from, sink& into) { return on.run(from.copy(into)); }

    failure refusal(const fs::path& path) {
        auto got = open(path);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().context == error_context::remote_file);
        CHECK(describe(got.error()).find(path.native()) != std::string::npos);
        return got.error();
    }
};

std::uint64_t size_on_disk(const fs::path& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return static_cast<std::uint64_t>(about.st_blocks) * 512;
}

std::string digest(const fs::path& path) {
    const ferry::detail::unique_fd file(::open(path.c_str(), O_RDONLY));
    return checksum_of_file(file.get(), "sha256").value().hex;
}

void write_at(const fs::path& path, std::string_view bytes, std::uint64_t offset) {
    const ferry::detail::unique_fd file(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
    const auto view = std::as_bytes(std::span(bytes));
    REQUIRE(ferry::detail::write_all(file.get(), view, offset));
}

/// Two changes within one tick of the kernel's clock can look alike: lets it tick.
void change_visibly(const fs::path& path, const std::function<void(const fs::path&)>& change) {
    struct stat before {
    }, now{};
    REQUIRE(::stat(path.c_str(), &before) == 0);
    do {
        change(path);
        REQUIRE(::stat(path.c_str(), &now) == 0);
    } while (local::detail::version_of(before) == local::detail::version_of(now));
}

/// Data, a hole, data, and a hole at the end.
void make_sparse(const fs::path& path, std::uint64_t size) {
    write_at(path, random_bytes(100'000), 0);
    write_at(path, random_bytes(100'000, 2), size / 2 + 12'345);
    fs::resize_file(path, size);
}

}  // namespace

TEST_CASE("local: an opened file tells its size, version, time and permissions") {
    setting on;
    spill(on.dir / "from", "content");
    fs::permissions(on.dir / "from", fs::perms(0651));
    const auto got = on.open(on.dir / "from").value();
    CHECK(got->info().size == 7);
    CHECK(got->info().mode == 0651);
    CHECK(got->info().ranges);
    CHECK(got->info().version.strong());
    CHECK(got->info().location == from_path(on.dir / "from"));
    CHECK(got->range() == byte_range{0, 7});
    const auto age = std::chrono::system_clock::now() - *got->info().modified;
    CHECK(age < std::chrono::minutes(1));
    CHECK(age > -std::chrono::minutes(1));
}

TEST_CASE("local: the version stays while the file stays, and changes with whatever changes") {
    setting on;
    const auto path = on.dir / "from";
    const auto version = [&] { return on.open(path).value()->info().version; };
    spill(path, "content");
    const auto first = version();
    CHECK(version() == first);
    spill(path, "longer content");
    CHECK(version().tag != first.tag);

    spill(path, "content");
    const auto second = version();
    spill(on.dir / "other", "content");
    fs::last_write_time(on.dir / "other", fs::last_write_time(path));
    fs::rename(on.dir / "other", path);  // same size, same mtime, another file
    CHECK(version().tag != second.tag);
    CHECK(version().date == second.date);
}

TEST_CASE("local: what is no regular file is refused, and each kind by its name") {
    setting on;
    const auto says = [&](const fs::path& path, const char* kind) {
        const auto why = on.refusal(path);
        CHECK(why.code == errc::unsupported);
        CHECK_MESSAGE(describe(why).find(kind) != std::string::npos, describe(why));
    };
    says(on.dir, "folder");
    REQUIRE(::mkfifo((on.dir / "fifo").c_str(), 0600) == 0);
    says(on.dir / "fifo", "FIFO");
    says("/dev/null", "device");
    says("/proc/version", "size");

    const ferry::detail::unique_fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (on.dir / "socket").c_str(), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    says(on.dir / "socket", "socket");
}

TEST_CASE("local: what is not there is not found, what is forbidden is forbidden") {
    setting on;
    CHECK(on.refusal(on.dir / "none").code == errc::not_found);
    spill(on.dir / "from", "x");
    CHECK(on.refusal(on.dir / "from" / "below").code == errc::not_found);
    fs::permissions(on.dir / "from", fs::perms::none);
    if (::geteuid() != 0) CHECK(on.refusal(on.dir / "from").code == std::errc::permission_denied);
    CHECK(local::detail::open_failure(EACCES, "/f").code == std::errc::permission_denied);
}

TEST_CASE("local: a file URL of another host is refused") {
    setting on;
    open_request request;
    request.what = parse_url("file://other/p").value();
    const auto got = on.on.run(on.files.open(request));
    CHECK(got.error().code == errc::bad_argument);
    CHECK(got.error().context == error_context::remote_file);
}

TEST_CASE("local: a range is clipped to the file") {
    setting on;
    spill(on.dir / "from", "0123456789");
    const auto range = [&](byte_range asked) {
        const auto got = on.open_range(on.dir / "from", asked).value();
        CHECK(got->info().size == 10);
        return got->range();
    };
    CHECK(range({2, 5}) == byte_range{2, 5});
    CHECK(range({2, no_end}) == byte_range{2, 10});
    CHECK(range({0, 10}) == byte_range{0, 10});
    CHECK(range({10, no_end}) == byte_range{10, 10});
    CHECK(range({11, 20}) == byte_range{11, 11});
    CHECK(range({5, 3}) == byte_range{5, 5});
}

TEST_CASE("local: the bytes of the range arrive, through user space and past it") {
    setting on;
    const auto content = random_bytes(3 * mebibyte + 17);
    spill(on.dir / "from", content);
    const std::vector<byte_range> ranges = {
        {0, no_end},
        {0, 1},
        {1, 4096},
        {4096, 8192},
        {mebibyte - 1, 2 * mebibyte + 1},
        {3 * mebibyte, no_end},
        {content.size(), no_end}};
    for (const auto& asked : ranges) {
        const auto wanted = content.substr(asked.first, asked.size());
        memory_sink memory;
        const auto first = on.open_range(on.dir / "from", asked).value();
        REQUIRE(on.copy(*first, memory).has_value());
        CHECK(difference(memory.bytes, wanted) == "");

        fs::remove(on.dir / "to");
        file_sink file(on.dir / "to");
        const auto second = on.open_range(on.dir / "from", asked).value();
        REQUIRE(on.copy(*second, file).has_value());
        CHECK(difference(slurp(on.dir / "to"), wanted) == "");
        CHECK(file.taken == wanted.size());
    }
}

TEST_CASE("local: a large file arrives in many steps") {
    setting on;
    make_sparse(on.dir / "from", 2 * local::detail::longest_step + 1);
    file_sink into(on.dir / "to");
    int steps = 0;
    into.on_reserve = [&] { ++steps; };
    const auto from = on.open(on.dir / "from").value();
    REQUIRE(on.copy(*from, into).has_value());
    CHECK(steps == 3);
    CHECK(digest(on.dir / "to") == digest(on.dir / "from"));
}

TEST_CASE("local: reservations of any size are kept to, in a destination that has bytes before") {
    setting on;
    const auto content = random_bytes(100'000);
    spill(on.dir / "from", content);
    for (const std::uint64_t portion : {1'000, 4'096, 65'537}) {
        spill(on.dir / "to", "before");
        file_sink file(on.dir / "to", O_RDWR, 6);
        file.portion = portion;
        const auto first = on.open(on.dir / "from").value();
        REQUIRE(on.copy(*first, file).has_value());
        CHECK(difference(slurp(on.dir / "to"), "before" + content) == "");

        memory_sink memory;
        memory.portion = portion;
        const auto second = on.open(on.dir / "from").value();
        REQUIRE(on.copy(*second, memory).has_value());
        CHECK(difference(memory.bytes, content) == "");
    }
}

TEST_CASE("local: a sink that wants no more ends the copy well") {
    setting on;
    const auto content = random_bytes(10'000);
    spill(on.dir / "from", content);
    for (const std::uint64_t wanted : {0, 1, 9'999}) {
        memory_sink into;
        into.wanted = wanted;
        const auto from = on.open(on.dir / "from").value();
        CHECK(on.copy(*from, into).has_value());
        CHECK(difference(into.bytes, content.substr(0, wanted)) == "");
    }
}

TEST_CASE("local: an empty file is copied by doing nothing") {
    setting on;
    spill(on.dir / "from", "");
    memory_sink into;
    into.on_reserve = [] { FAIL("there is nothing to reserve for"); };
    const auto from = on.open(on.dir / "from").value();
    CHECK(from->range() == byte_range{0, 0});
    CHECK(on.copy(*from, into).has_value());
}

TEST_CASE("local: a sparse file stays sparse and keeps its length, holes count as progress") {
    setting on;
    constexpr auto size = 64 * mebibyte;
    make_sparse(on.dir / "from", size);
    REQUIRE(size_on_disk(on.dir / "from") < mebibyte);
    for (const std::uint64_t portion : {no_end, 5 * mebibyte + 1}) {
        fs::remove(on.dir / "to");
        file_sink into(on.dir / "to");
        into.portion = portion;
        const auto from = on.open(on.dir / "from").value();
        REQUIRE(on.copy(*from, into).has_value());
        CHECK(into.taken == size);
        CHECK(size_on_disk(on.dir / "to") < mebibyte);
        CHECK(digest(on.dir / "to") == digest(on.dir / "from"));
    }
}

TEST_CASE("local: after each step the destination is as long as what was accepted") {
    setting on;
    make_sparse(on.dir / "from", 32 * mebibyte);
    file_sink into(on.dir / "to");
    into.portion = mebibyte;
    into.on_reserve = [&] { CHECK(fs::file_size(on.dir / "to") == into.taken); };
    const auto from = on.open(on.dir / "from").value();
    REQUIRE(on.copy(*from, into).has_value());
}

TEST_CASE("local: a hole over old bytes makes them zeros and leaves those beyond alone") {
    setting on;
    make_sparse(on.dir / "from", 4 * mebibyte);
    spill(on.dir / "to", std::string(5 * mebibyte, 'x'));
    file_sink into(on.dir / "to", O_RDWR);
    const auto from = on.open(on.dir / "from").value();
    REQUIRE(on.copy(*from, into).has_value());
    const auto wanted = slurp(on.dir / "from") + std::string(mebibyte, 'x');
    CHECK(difference(slurp(on.dir / "to"), wanted) == "");
}

TEST_CASE("local: through user space, holes arrive as zeros") {
    setting on;
    make_sparse(on.dir / "from", 4 * mebibyte);
    memory_sink into;
    const auto from = on.open(on.dir / "from").value();
    REQUIRE(on.copy(*from, into).has_value());
    CHECK(difference(into.bytes, slurp(on.dir / "from")) == "");
}

TEST_CASE(
    "local: a file that changes while it is copied is an error, and its last step no progress") {
    const std::vector<std::function<void(const fs::path&)>> changes = {
        [](const fs::path& path) { write_at(path, "more", 200'000); },
        [](const fs::path& path) { fs::resize_file(path, 60'000); },
        [](const fs::path& path) { fs::resize_file(path, 0); },
        [](const fs::path& path) { write_at(path, "other", 10); },
        [](const fs::path& path) {  // and the tool that did it set the time back
            const auto before = fs::last_write_time(path);
            write_at(path, "other", 10);
            fs::last_write_time(path, before);
        },
    };
    for (std::size_t which = 0; which < changes.size(); ++which)
        for (const bool direct : {true, false}) {
            CAPTURE(which);
            CAPTURE(direct);
            setting on;
            spill(on.dir / "from", random_bytes(200'000));
            memory_sink memory;
            file_sink file(on.dir / "to");
            test_sink& into = direct ? static_cast<test_sink&>(file) : memory;
            into.portion = 50'000;
            const auto from = on.open(on.dir / "from").value();
            into.on_reserve = [&] {
                if (into.taken == 50'000) change_visibly(on.dir / "from", changes[which]);
            };
            const auto got = on.copy(*from, into);
            REQUIRE_FALSE(got.has_value());
            CHECK(got.error().code == errc::source_changed);
            CHECK(got.error().context == error_context::remote_file);
            CHECK(into.taken == 50'000);
        }
}

TEST_CASE("local: errors of the destination are told apart from those of the source") {
    setting on;
    spill(on.dir / "from", random_bytes(100'000));
    const auto copy_to = [&](const fs::path& path, int flags) {
        file_sink into(path, flags);
        const auto from = on.open(on.dir / "from").value();
        const auto got = on.copy(*from, into);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().context == error_context::local_file);
        CHECK(into.taken == 0);
        return got.error().code;
    };
    CHECK(copy_to("/dev/full", O_WRONLY) == std::errc::no_space_on_device);
    CHECK(copy_to(on.dir / "from", O_RDONLY) == std::errc::bad_file_descriptor);
}

TEST_CASE("local: what the sink fails with ends the copy") {
    setting on;
    spill(on.dir / "from", random_bytes(3 * mebibyte));
    memory_sink into;
    into.verdict = failure{errc::checksum_mismatch, "the sink's own"};
    const auto from = on.open(on.dir / "from").value();
    const auto got = on.copy(*from, into);
    CHECK(got.error().code == errc::checksum_mismatch);
    CHECK(into.bytes.size() <= mebibyte);
}

TEST_CASE("local: a copier takes any part of a file to any place") {
    const temp_dir dir;
    const fs::path path = dir / "from";
    const auto bytes = random_bytes(5 * mebibyte + 123);
    spill(path, bytes);
    const ferry::detail::unique_fd from(::open(path.c_str(), O_RDONLY));
    const ferry::detail::unique_fd to(
        ::open((dir / "to").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    local::detail::file_copier copier(path);
    std::string expected(7 * mebibyte, '\0');
    const auto take = [&](std::uint64_t first, std::uint64_t place, std::uint64_t count) {
        local::detail::copy_step step{from.get(), to.get(), first, place, count};
        REQUIRE(copier.run(step).has_value());
        CHECK(step.length == 0);
        CHECK(step.to_offset == place + count);
        expected.replace(place, count, bytes, first, count);
    };
    take(7, 1000, 50'000);
    take(mebibyte + 1, 2 * mebibyte + 5, 3 * mebibyte + 77);
    take(5 * mebibyte, 6 * mebibyte - 9, 123);
    auto got = slurp(dir / "to");
    got.resize(expected.size());
    CHECK(difference(got, expected) == "");
}

TEST_CASE("local: a copier that may not use the kernel's ways gives the same bytes") {
    const temp_dir dir;
    make_sparse(dir / "from", 3 * mebibyte);
    const fs::path path = dir / "from";
    // A file opened for appending takes no copy_file_range() or splice(); pwrite() appends.
    const ferry::detail::unique_fd from(::open(path.c_str(), O_RDONLY));
    const ferry::detail::unique_fd to(
        ::open((dir / "to").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    local::detail::file_copier copier(path);
    local::detail::copy_step step{from.get(), to.get(), 0, 0, 100'000};
    REQUIRE(copier.run(step).has_value());
    CHECK(step.length == 0);
    CHECK(difference(slurp(dir / "to"), slurp(path).substr(0, 100'000)) == "");
}

TEST_CASE("local: a folder is listed, with what its links lead to") {
    using kind = folder_entry::type;
    setting on;
    spill(on.dir / "file", "x");
    fs::create_directory(on.dir / "folder");
    fs::create_symlink("file", on.dir / "link");
    fs::create_symlink(".", on.dir / "loop");
    fs::create_symlink("nothing", on.dir / "broken");
    REQUIRE(::mkfifo((on.dir / "pipe").c_str(), 0600) == 0);
    const auto list = [&on](const fs::path& path) {
        return on.on.run(on.files.list_folder({from_path(path), nullptr}));
    };
    const auto listed = list(on.dir / "");
    REQUIRE_MESSAGE(listed, describe(listed.error()));
    std::map<std::string, folder_entry> found;
    for (const auto& one : listed->entries) found[one.name] = one;
    CHECK(found.size() == 6);
    CHECK(found["file"] == folder_entry{"file", kind::file});
    CHECK(found["link"] == folder_entry{"link", kind::file, true});
    CHECK(found["broken"] == folder_entry{"broken", kind::other, true});
    CHECK(found["pipe"] == folder_entry{"pipe", kind::other});
    CHECK(found["folder"].kind == kind::folder);
    CHECK(found["loop"] == folder_entry{"loop", kind::folder, true, listed->identity});
    CHECK(list(on.dir / "folder")->identity == found["folder"].identity);
    CHECK(list(on.dir / "folder")->entries.empty());
    CHECK(list(on.dir / "none").error().code == errc::not_found);
    CHECK(list(on.dir / "file").error().code == std::errc::not_a_directory);
}

}  // namespace ferry::test::local_protocol_test
