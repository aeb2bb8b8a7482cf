#include <support/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;

int memory_file(const char* name) {
    const int made = memfd_create(name, MFD_CLOEXEC);
    if (made < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    return made;
}

std::string content(int descriptor) {
    struct stat about {};
    fstat(descriptor, &about);
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    const auto count = pread(descriptor, bytes.data(), bytes.size(), 0);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

int input_file(const std::string& bytes) {
    const int made = memory_file("input");
    if (pwrite(made, bytes.data(), bytes.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), "input of a child");
    return made;
}

/// In the child, between fork and exec. Does not return.
[[noreturn]] void become(
    const std::vector<std::string>& command, const process_options& options, const int (&io)[3],
    pid_t parent) {
    prctl(PR_SET_PDEATHSIG, options.dies_with);
    if (getppid() != parent) _exit(126);
    for (int i = 0; i < 3; ++i) dup2(io[i], i);
    if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
    for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
    if (options.largest_file > 0) {
        const rlimit limit{options.largest_file, options.largest_file};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    std::vector<char*> arguments;
    for (const auto& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    std::perror(arguments[0]);
    _exit(127);
}

}  // namespace

process::process(std::vector<std::string> command, const process_options& options)
    : out_(memory_file("out")), err_(memory_file("err")) {
    const int in = input_file(options.input);
    const int io[3] = {in, out_, err_};
    const auto parent = getpid();
    id_ = fork();
    if (id_ == 0) become(command, options, io, parent);
    close(in);
    if (id_ > 0) handle_ = pidfd_open(id_, 0);
    if (handle_ < 0) throw std::system_error(errno, std::generic_category(), command.front());
}

process::~process() {
    if (!ended_) {
        signal(SIGKILL);
        wait(1h);
    }
    for (const int one : {handle_, out_, err_}) close(one);
}

bool process::wait(std::chrono::milliseconds limit) {
    if (ended_) return true;
    pollfd end{handle_, POLLIN, 0};
    if (poll(&end, 1, static_cast<int>(limit.count())) <= 0) return false;
    int status = 0;
    waitpid(id_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return ended_ = true;
}

void process::signal(int number) const {
    if (!ended_) kill(id_, number);
}

std::string process::out() const { return content(out_); }
std::string process::err() const { return content(err_); }

finished run(std::vector<std::string> command, const process_options& options) {
    process one(std::move(command), options);
    if (!one.wait(60s)) {
        one.signal(SIGKILL);
        one.wait(10s);
    }
    return {one.exit_code(), one.out(), one.err()};
}

std::string ferry_binary() {
    const auto given = std::getenv("FERRY_BIN");
    const std::filesystem::path found = given ? given : "build/release/ferry";
    if (!std::filesystem::exists(found))
        throw std::runtime_error("no " + found.string() + ": set FERRY_BIN to the ferry to test");
    return std::filesystem::absolute(found).string();
}

finished run_ferry(std::vector<std::string> arguments, process_options options) {
    arguments.insert(arguments.begin(), ferry_binary());
    return run(std::move(arguments), options);
}

}  // namespace ferry::test
