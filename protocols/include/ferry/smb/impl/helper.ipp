#pragma once

#include <ferry/detail/file.hpp>

#include <asio/buffer.hpp>
#include <asio/read.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
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

/// Of a process, taken hold of by pidfd_open(2): its end.
inline void wait_for_input(int descriptor, std::chrono::milliseconds limit) {
    pollfd one{descriptor, POLLIN, 0};
    ::poll(&one, 1, static_cast<int>(limit.count()));
}

/// Not where standard input, output and errors of the helper go.
inline unique_fd above_standard(unique_fd one) {
    if (one.get() < 0 || one.get() > STDERR_FILENO) return one;
    return unique_fd(::fcntl(one.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// What a new process begins with.
class spawn_plan {
  public:
    explicit spawn_plan(int input) {
        ::posix_spawn_file_actions_init(&files_);
        ::posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
        for (const int output : {STDOUT_FILENO, STDERR_FILENO})
            ::posix_spawn_file_actions_addopen(&files_, output, "/dev/null", O_WRONLY, 0);
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

inline result<void> helper_source::load() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return helper_failure(errno, program_);
    loaded_ = unique_fd(ends[0]);
    const auto theirs = above_standard(unique_fd(ends[1]));
    if (theirs.get() < 0) return helper_failure(errno, program_);
    const spawn_plan plan(theirs.get());
    if (const int error = plan.run(program_, process_); error != 0) {
        process_ = -1;
        return helper_failure(error, program_);
    }
    return {};
}

/// It ends when its helpers have ended, as they do without us, and what they took of the processor
/// is added to ours then. That is waited for, but not for ever: somebody may have stopped them.
inline void helper_source::unload() {
    if (process_ < 0) return;
    loaded_ = {};
    const unique_fd ended(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
    if (ended.get() >= 0) wait_for_input(ended.get(), std::chrono::seconds(2));
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
}

/// Says, with errno, whether the loaded program is there to take them.
inline bool helper_source::hand_over(int wire, int memory) const {
    const int handed[] = {wire, memory};
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof handed)] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof handed);
    std::memcpy(CMSG_DATA(header), handed, sizeof handed);
    return ::sendmsg(loaded_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

inline result<std::unique_ptr<helper>> helper_source::start(asio::any_io_executor on) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return helper_failure(errno, program_);
    const unique_fd theirs(ends[1]);
    asio::error_code failed;
    helper::socket wire(on);
    wire.assign(asio::local::stream_protocol(), ends[0], failed);
    const unique_fd memory(::memfd_create("ferry-smb", MFD_CLOEXEC));
    if (failed || memory.get() < 0) return helper_failure(errno, program_);
    if (::ftruncate(memory.get(), shared_bytes) != 0) return helper_failure(errno, program_);
    constexpr int access = PROT_READ | PROT_WRITE;
    auto* const mapped = ::mmap(nullptr, shared_bytes, access, MAP_SHARED, memory.get(), 0);
    if (mapped == MAP_FAILED) return helper_failure(errno, program_);
    std::unique_ptr<helper> made(new helper(std::move(wire), static_cast<std::byte*>(mapped)));
    if (process_ >= 0 && hand_over(theirs.get(), memory.get())) return made;
    drop();  // it was not loaded, or somebody has ended or stopped it
    if (auto loaded = load(); !loaded) return loaded.error();
    if (!hand_over(theirs.get(), memory.get())) return helper_failure(errno, program_);
    return made;
}

inline void helper_source::drop() {
    if (process_ >= 0) ::kill(process_, SIGKILL);
    unload();
}

inline void kill_process(int held) { ::syscall(SYS_pidfd_send_signal, held, SIGKILL, nullptr, 0); }

inline helper::~helper() {
    if (held()) kill_process(process_.get());
    ::munmap(memory_, shared_bytes);
}

inline void helper::hold(pid_t id) {
    process_ = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
}

inline void helper::end_at_once() {
    kill_process(process_.get());
    wait_for_input(process_.get(), std::chrono::seconds(2));
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
