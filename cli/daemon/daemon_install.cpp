#include "cli/daemon/daemon_install.hpp"

#include "cli/daemon/child_process.hpp"
#include "cli/daemon/daemon_stop.hpp"
#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/text/text_file.hpp"
#include "systemd_units.hpp"

#include <ferry/detail/file.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <array>
#include <climits>
#include <cstdlib>
#include <filesystem>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> reload = {"systemctl", "--user", "daemon-reload"};
const std::vector<std::string> enable = {"systemctl", "--user",       "enable",
                                         "--now",     "ferry.socket", "ferry.service"};

std::string joined(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

result<std::string> own_path() {
    std::array<char, PATH_MAX> path;
    const auto size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size < 0) return detail::errno_failure("read", "/proc/self/exe");
    return std::string(path.data(), static_cast<std::size_t>(size));
}

/// Errors: the detail says all, without a code, if it ended with another exit code than 0.
result<void> run_to_end(const std::vector<std::string>& command) {
    asio::io_context io{1};
    ferry::system_clock time;
    result<int> code;
    auto ended = [&code](std::exception_ptr, result<int> how) { code = std::move(how); };
    asio::co_spawn(io, caught(run_program(time, command, {}, 1min)), ended);
    io.run();
    if (!code) return code.error();
    if (*code == 0) return {};
    return failure{{}, joined(command) + ": exit code " + std::to_string(*code)};
}

result<void> write_units(const std::string& folder) {
    const auto program = own_path();
    if (!program) return program.error();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return failure{error, "create " + folder, error_context::local_file};
    constexpr unsigned readable = 0644;
    auto written =
        replace_text(folder + "/ferry.service", unit_for(service_unit, *program), readable);
    if (!written) return written;
    return replace_text(folder + "/ferry.socket", unit_for(socket_unit, *program), readable);
}

/// The one that runs now would keep systemd's from what it has locked.
result<void> start_units(const home& where) {
    if (auto stopped = stop_daemon(where); !stopped) return stopped.error();
    if (auto reloaded = run_to_end(reload); !reloaded) return reloaded;
    return run_to_end(enable);
}

exit_code fail(const failure& why, exit_code code) {
    complain("daemon install: " + printable(describe(why)));
    return code;
}

}  // namespace

/// In systemd's quotes '\', '"' and '%' mean something (systemd.service(5), systemd.unit(5)).
std::string unit_for(std::string_view unit, std::string_view program) {
    constexpr std::string_view place = "@FERRY_BINARY@";
    std::string quoted;
    for (const char c : program) {
        if (c == '\\' || c == '"') quoted += '\\';
        if (c == '%') quoted += '%';
        quoted += c;
    }
    std::string text(unit);
    if (const auto at = text.find(place); at != text.npos) text.replace(at, place.size(), quoted);
    return text;
}

exit_code install_daemon() {
    const auto where = find_home();
    if (!where) return fail(where.error(), exit_code::usage);
    if (const auto own = std::getenv("FERRY_HOME"); own && *own) {
        complain(
            "daemon install: FERRY_HOME is set (unset it: systemd's daemon uses no other home)");
        return exit_code::usage;
    }
    const auto config = detail::folder_of(detail::folder_of(where->config));
    const auto folder = config + "/systemd/user";
    if (auto written = write_units(folder); !written)
        return fail(written.error(), exit_code::local_file);
    const auto named = printable(folder);
    if (auto started = start_units(*where); !started) {
        const auto code = fail(started.error(), exit_code::failed);
        complain(
            "daemon install: the units are in " + named +
            "; to start them, run: " + joined(reload) + " && " + joined(enable));
        return code;
    }
    write_all(
        STDOUT_FILENO, "installed and started: " + named + "/ferry.socket, ferry.service\n" +
                           "To keep it running after logout: loginctl enable-linger\n");
    return exit_code::done;
}

}  // namespace ferry::cli
