#include <support/samba_server.hpp>

#include <support/ports.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>

namespace ferry::test {
namespace {

constexpr std::string_view configuration = R"([global]
    server role = standalone server
    workgroup = FERRYTEST
    interfaces = 127.0.0.1
    bind interfaces only = yes
    smb ports = @PORT@
    disable netbios = yes
    lock directory = @FOLDER@/lock
    state directory = @FOLDER@/state
    cache directory = @FOLDER@/cache
    pid directory = @FOLDER@/pid
    private dir = @FOLDER@/private
    ncalrpc dir = @FOLDER@/ncalrpc
    passdb backend = tdbsam:@FOLDER@/private/users.tdb
    log file = @FOLDER@/log
    log level = 1
    map to guest = bad user
    load printers = no
    printcap name = /dev/null
    disable spoolss = yes
    hide dot files = yes
@GLOBAL@
[data]
    path = @FOLDER@/data
    read only = no
[locked]
    path = @FOLDER@/locked
    read only = yes
[open]
    path = @FOLDER@/open
    guest ok = yes
)";

void fill_in(std::string& text, const std::string& word, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; at += with.size())
        text.replace(at, word.size(), with);
}

std::string own_name() {
    const auto* entry = ::getpwuid(::geteuid());
    if (!entry) throw std::runtime_error("samba: the user who runs this has no name");
    return entry->pw_name;
}

}  // namespace

samba_server::samba_server(std::string_view global, std::uint16_t port)
    : user_(own_name()), port_(port == 0 ? free_port() : port) {
    namespace fs = std::filesystem;
    for (const auto* name : {"lock", "state", "cache", "pid", "private", "ncalrpc"})
        fs::create_directory(folder_ / name);
    for (const auto& share : {data(), locked(), open()}) {
        fs::create_directory(share);
        fs::permissions(share, fs::perms::all);
    }
    // Nobody, the guest, has to get through to the shares.
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
    configure(global);
    const auto line = password() + "\n" + password() + "\n";
    const auto added =
        run({"pdbedit", "-s", folder_ / "smb.conf", "-a", "-t", "-u", user_}, {.input = line});
    if (added.exit_code != 0) throw std::runtime_error("pdbedit: " + added.err + added.out);
    start();
}

samba_server::~samba_server() { stop(); }

void samba_server::configure(std::string_view global) {
    std::string text(configuration);
    fill_in(text, "@FOLDER@", folder_.path().native());
    fill_in(text, "@PORT@", std::to_string(port_));
    fill_in(text, "@GLOBAL@", global);
    spill(folder_ / "smb.conf", text);
}

void samba_server::add_share(const std::string& name, const std::filesystem::path& folder) {
    std::ofstream more(folder_ / "smb.conf", std::ios::app);
    more << "[" << name << "]\n    path = " << folder.native() << "\n    read only = no\n";
}

void samba_server::start() {
    running_ = std::make_unique<process>(std::vector<std::string>{
        "smbd", "--foreground", "--debug-stdout",
        "--configfile=" + (folder_ / "smb.conf").native()});
    if (!comes_up(*running_, {port_}))
        throw std::runtime_error("smbd does not start: " + running_->out() + running_->err());
}

void samba_server::stop() {
    if (!running_) return;
    // It leads a process group of its own, in which all are that it has made, but for this one.
    ::kill(-running_->id(), SIGKILL);
    running_.reset();
    pid_t accounts = 0;
    if (std::ifstream(folder_ / "pid" / "samba-dcerpcd.pid") >> accounts)
        ::kill(-accounts, SIGKILL);
}

std::string samba_server::url(std::string_view path) const {
    return "smb://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

finished samba_server::client(const std::string& share, const std::string& commands) const {
    return run(
        {"smbclient", "//127.0.0.1/" + share, "-p", std::to_string(port_), "-s",
         folder_ / "smb.conf", "-U", user_ + "%" + password(), "-c", commands},
        {.folder = folder_.path()});
}

std::string samba_server::connections() const {
    return run({"smbstatus", "-p", "-s", folder_ / "smb.conf"}).out;
}

}  // namespace ferry::test
