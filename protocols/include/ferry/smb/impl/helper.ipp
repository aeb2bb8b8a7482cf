#pragma once

#include <ferry/detail/file.hpp>

#include <asio/buffer.hpp>
#include <asio/read.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

namespace ferry::smb::detail {

using ferry::detail::unique_fd;

inline constexpr std::size_t shared_bytes = block_size * slots;

inline failure helper_failure(int number, const std::filesystem::path& program) {
    if (number == ENOENT || number == EACCES)
        return {
            errc::unsupported, "SMB is not installed: there is no " + program.string() +
                                   " (it is built where libsmbclient-dev is)"};
    return {{number, std::generic_category()}, "start " + program.string()};
}

/// Not where standard input, output and errors of the helper go.
inline unique_fd above_standard(unique_fd one) {
    if (one.get() < 0 || one.get() > STDERR_FILENO) return one;
    return unique_fd(::fcntl(one.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// What a new process begins with.
class spawn_plan {
  public:
    spawn_plan(int wire, int memory) {
        ::posix_spawn_file_actions_init(&files_);
        ::posix_spawn_file_actions_adddup2(&files_, wire, helper_socket);
        ::posix_spawn_file_actions_adddup2(&files_, memory, helper_memory);
        ::posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawnattr_init(&attributes_);
        sigset_t all, none;
        sigfillset(&all);
        sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        // A group of its own: Ctrl-C is for us.
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&files_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    /// Returns an errno.
    int run(const std::filesystem::path& program, pid_t& id) const {
        std::string name = program.native();
        char* arguments[] = {name.data(), nullptr};
        return ::posix_spawn(&id, name.c_str(), &files_, &attributes_, arguments, environ);
    }

  private:
    posix_spawn_file_actions_t files_;
    posix_spawnattr_t attributes_;
};

inline result<std::unique_ptr<helper>> helper::start(
    asio::any_io_executor on, const std::filesystem::path& program) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return helper_failure(errno, program);
    const auto theirs = above_standard(unique_fd(ends[1]));
    asio::error_code failed;
    socket wire(on);
    wire.assign(asio::local::stream_protocol(), ends[0], failed);
    const auto memory = above_standard(unique_fd(::memfd_create("ferry-smb", MFD_CLOEXEC)));
    if (failed || theirs.get() < 0 || memory.get() < 0) return helper_failure(errno, program);
    if (::ftruncate(memory.get(), shared_bytes) != 0) return helper_failure(errno, program);
    constexpr int access = PROT_READ | PROT_WRITE;
    auto* const mapped = ::mmap(nullptr, shared_bytes, access, MAP_SHARED, memory.get(), 0);
    if (mapped == MAP_FAILED) return helper_failure(errno, program);
    std::unique_ptr<helper> made(new helper(std::move(wire), static_cast<std::byte*>(mapped)));
    const spawn_plan plan(theirs.get(), memory.get());
    if (const int error = plan.run(program, made->process_); error != 0) {
        made->process_ = -1;
        return helper_failure(error, program);
    }
    return made;
}

inline helper::~helper() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    ::munmap(memory_, shared_bytes);
}

/// Never waits: requests are short, and only a few have no reply yet.
inline bool helper::post(wire_request what, std::string_view text) {
    what.text = static_cast<std::uint32_t>(text.size());
    iovec parts[2] = {{&what, sizeof what}, {const_cast<char*>(text.data()), text.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const auto sent = ::sendmsg(wire_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    sound_ = sound_ && sent == static_cast<ssize_t>(sizeof what + text.size());
    ++owed_;
    return sound_;
}

inline void helper::post_blindly(wire_request what, std::string_view text) {
    if (post(what, text)) ignored_ = owed_;
}

inline awaitable<result<wire_reply>> helper::receive() {
    wire_reply reply;
    bool wanted = false;
    while (!wanted) {
        const auto lives = std::exchange(sound_, false);  // until the reply is there, all of it
        if (!lives) break;
        const auto into = asio::buffer(&reply, sizeof reply);
        const auto [error, bytes] = co_await asio::async_read(wire_, into, nothrow);
        if (error) break;
        sound_ = true;
        --owed_;
        wanted = ignored_ == 0;
        if (!wanted) --ignored_;
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (!!state.cancelled()) co_return failure{errc::cancelled};
    if (!sound_)
        co_return failure{
            std::make_error_code(std::errc::connection_aborted), "the SMB helper ended",
            error_context::transport};
    co_return reply;
}

}  // namespace ferry::smb::detail
