#include <ferry/http/file_window.hpp>

#include <ferry/detail/file.hpp>

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>

namespace ferry::test::http_file_window_test {
namespace {

constexpr std::size_t MiB = 1 << 20;

struct mapped_file {
    explicit mapped_file(std::size_t size) : bytes(random_bytes(size)) {
        spill(path(), bytes);
        file = detail::unique_fd(::open(path().c_str(), O_RDONLY));
    }
    std::filesystem::path path() const { return dir / "f"; }
    /// Are the bytes that are shown from there on the file's?
    bool shows(std::size_t offset, std::size_t count) {
        const auto shown = window.show(file.get(), offset);
        const auto* const text = reinterpret_cast<const char*>(shown.data());
        return shown.size() >= count && bytes.substr(offset, count) == std::string(text, count);
    }

    temp_dir dir;
    std::string bytes;
    detail::unique_fd file;
    http::file_window window;
};

}  // namespace

TEST_CASE("file window: it shows a file from any place on, forth and back") {
    mapped_file it(3 * MiB + 5);
    CHECK(it.shows(0, MiB));
    CHECK(it.shows(1, MiB - 1));
    CHECK(it.shows(MiB, MiB));
    CHECK(it.shows(2 * MiB + 4097, MiB - 4097));
    CHECK(it.shows(3 * MiB, 5));
    CHECK(it.shows(77, 1000));
}

TEST_CASE("file window: to send what the file has lost fails, and harms nobody") {
    mapped_file it(2 * MiB);
    const auto shown = it.window.show(it.file.get(), MiB);
    std::filesystem::resize_file(it.path(), 1000);
    std::array<int, 2> ends = {};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    const detail::unique_fd here(ends[0]), there(ends[1]);
    CHECK(::send(here.get(), shown.data(), shown.size(), MSG_NOSIGNAL) < 0);
    CHECK(errno == EFAULT);
}

TEST_CASE("file window: what cannot be mapped is not shown") {
    mapped_file it(2 * MiB);
    const detail::unique_fd only_for_writing(::open(it.path().c_str(), O_WRONLY));
    CHECK(it.window.show(only_for_writing.get(), 0).empty());
    CHECK_FALSE(it.window.useful());
    CHECK(it.window.show(it.file.get(), 0).empty());
}

TEST_CASE("file window: what was given up is not shown any more") {
    mapped_file it(MiB);
    CHECK(it.shows(0, 1));
    it.window.give_up();
    CHECK(it.window.show(it.file.get(), 0).empty());
}

}  // namespace ferry::test::http_file_window_test
