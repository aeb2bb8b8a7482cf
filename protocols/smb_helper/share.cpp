#include "share.hpp"

#include "sealed_wire.hpp"

#include <ferry/smb/detail/rights.hpp>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

namespace ferry::smb::helper {
namespace {

/// What a URL need not have encoded.
bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
}

void append_encoded(std::string& url, std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c))
            url += c;
        else
            url += {'%', digits[byte >> 4], digits[byte & 15]};
    }
}

file_facts facts_of(const struct stat& about) {
    file_facts facts;
    facts.size = static_cast<std::uint64_t>(about.st_size);
    facts.id = about.st_ino;
    facts.modified = about.st_mtim.tv_sec;
    facts.modified_ns = static_cast<std::uint32_t>(about.st_mtim.tv_nsec);
    facts.changed = about.st_ctim.tv_sec;
    facts.changed_ns = static_cast<std::uint32_t>(about.st_ctim.tv_nsec);
    facts.mode = about.st_mode;
    return facts;
}

wire_reply refusal(int error) {
    wire_reply reply;
    reply.error = error;
    return reply;
}

/// What this process has of smb.conf, on top of the system's and the user's.
std::string configuration(std::uint32_t flags) {
    std::string text = "[global]\n";
    text += (flags & detail::may_be_guest) ? "client signing = if_required\n"
                                           : "client signing = required\n";
    text += (flags & detail::must_encrypt)
                ? "client min protocol = SMB3\nclient smb encrypt = required\n"
                : "client min protocol = SMB2\n";
    return text;
}

std::string own_name() {
    const auto* entry = ::getpwuid(::geteuid());
    return entry ? entry->pw_name : "user";
}

/// Symbolic links and junctions. Windows also marks files that it stores in its own way.
bool is_link(const libsmb_file_info& about, bool folder) {
    constexpr std::uint16_t reparse_point = 0x400;  // MS-FSCC, 2.6
    return (about.attrs & reparse_point) != 0 && (folder || about.size == 0);
}

bool says(std::string_view message, const char* words) {
    return ::strcasestr(std::string(message).c_str(), words) != nullptr;
}

constexpr std::size_t longest_descriptor = 128 << 10;

rights_wanted wanted_by(std::uint32_t flags) {
    return {
        (flags & detail::with_owner) != 0, (flags & detail::with_group) != 0,
        (flags & detail::with_acl) != 0};
}

detail::account_names accounts_here() {
    const auto user = [](const std::string& name) -> std::optional<unsigned> {
        const auto* const entry = ::getpwnam(name.c_str());
        return entry ? std::optional(entry->pw_uid) : std::nullopt;
    };
    const auto group = [](const std::string& name) -> std::optional<unsigned> {
        const auto* const entry = ::getgrnam(name.c_str());
        return entry ? std::optional(entry->gr_gid) : std::nullopt;
    };
    return {user, group};
}

result<detail::local_rights> rights_by(
    std::string_view text, const rights_wanted& wanted, const detail::account_names& known) {
    const auto described = detail::parse_descriptor(text);
    if (!described) return described.error();
    return detail::rights_here(*described, wanted, known);
}

/// libsmbclient looks for the names of accounts at the usual port, whatever we told it.
failure asked_in_vain() {
    return {
        errc::unsupported,
        "the server does not tell whose it is, or not at port 445 (leave out --acl-flags)"};
}

std::string packed(const detail::wire_rights& head, std::string_view rest) {
    return std::string(reinterpret_cast<const char*>(&head), sizeof head).append(rest);
}

/// As the wire has them, or why there are none.
std::string packed(const result<detail::local_rights>& from) {
    detail::wire_rights head;
    head.flags = detail::without_rights;
    if (!from) return packed(head, from.error().detail);
    const auto& rights = from->rights;
    head.flags = (rights.owner ? detail::with_owner : 0U) |
                 (rights.group ? detail::with_group : 0U) | (rights.acl ? detail::with_acl : 0U);
    head.owner = rights.owner.value_or(0);
    head.group = rights.group.value_or(0);
    head.mode = from->mode.value_or(0);
    return packed(head, rights.acl.value_or(""));
}

}  // namespace

wire_reply share::answer(const wire_request& asked, const std::vector<std::string>& texts) {
    if (asked.version != detail::wire_version) return refusal(EPROTO);
    if (asked.what == operation::connect) return connect(asked, texts);
    if (!context_) return refusal(ENOTCONN);
    const auto text = [&](std::size_t i) { return i < texts.size() ? texts[i] : std::string(); };
    switch (asked.what) {
        case operation::open:
            return fetch(asked, text(0));
        case operation::create:
            return open(text(0), O_RDWR | O_CREAT | O_EXCL);
        case operation::reopen:
            return open(text(0), O_RDWR);
        case operation::read:
            return read(asked);
        case operation::write:
            return write(asked);
        case operation::output:
            return open_output(text(0));
        case operation::store:
            return store(asked);
        case operation::look:
            return look(text(0));
        case operation::close:
            return close();
        case operation::rename: {
            const auto from = url(text(0)), to = url(text(1));
            const auto move = smbc_getFunctionRename(context_);
            return outcome(move(context_, from.c_str(), context_, to.c_str()));
        }
        case operation::remove:
            return outcome(smbc_getFunctionUnlink(context_)(context_, url(text(0)).c_str()));
        case operation::make:
            return outcome(smbc_getFunctionMkdir(context_)(context_, url(text(0)).c_str(), 0755));
        case operation::set_time:
            return set_time(asked, text(0));
        case operation::list:
            return list(text(0));
        case operation::names:
            return names(asked);
        case operation::rights:
            return rights(asked, text(0));
        case operation::connect:
            break;
    }
    return refusal(EPROTO);
}

wire_reply share::connect(const wire_request& asked, const std::vector<std::string>& texts) {
    if (context_ || texts.size() < 6) return refusal(EPROTO);
    host_ = texts[0];
    share_ = texts[1];
    domain_ = texts[2];
    user_ = texts[3];
    password_ = texts[4];
    if (!texts[5].empty()) ::setenv("KRB5CCNAME", texts[5].c_str(), 1);
    // Nobody is anonymous for libsmbclient, which would let us in as a guest. The ticket knows.
    if (user_.empty()) user_ = own_name();
    if (!configure(asked)) return refusal(ENOMEM);
    // A look at the share's top connects; whether it may be seen is another matter.
    struct stat about {};
    const int seen = smbc_getFunctionStat(context_)(context_, url("").c_str(), &about);
    const int error = wire_was_open() ? EPROTONOSUPPORT : seen == 0 ? 0 : errno;
    smbc_setDebug(context_, 0);
    wire_reply reply;
    reply.reached = reached_;
    reply.count = static_cast<std::uint64_t>(::getpid());
    if (reached_ == stage::connected && !wire_was_open()) return reply;
    reply.error = error == 0 ? ENOTCONN : error;
    const bool denied = error == EACCES || error == EPERM;
    if (denied && reached_ == stage::network && !lost_) reply.reached = stage::login;
    if (denied && lost_) reply.error = ECONNRESET;
    return reply;
}

/// The steps of a login are only in the log.
bool share::configure(const wire_request& asked) {
    constexpr int tells_steps = 4;
    context_ = smbc_new_context();
    if (!context_) return false;
    smbc_setLogCallback(context_, this, note_message);
    smbc_setDebug(context_, tells_steps);
    smbc_setOptionUserData(context_, this);
    smbc_setFunctionAuthDataWithContext(context_, give_login);
    smbc_setUser(context_, user_.c_str());
    smbc_setPort(context_, static_cast<std::uint16_t>(asked.offset));
    smbc_setTimeout(context_, static_cast<int>(asked.length));
    smbc_setOptionNoAutoAnonymousLogin(context_, true);
    smbc_setOptionUseCCache(context_, false);
    smbc_setOptionUseKerberos(context_, (asked.flags & detail::by_ticket) != 0);
    smbc_setOptionFallbackAfterKerberos(context_, false);
    const bool encrypt = (asked.flags & detail::must_encrypt) != 0;
    if (encrypt) keep_wire_sealed();
    smbc_setOptionSmbEncryptionLevel(
        context_, encrypt ? SMBC_ENCRYPTLEVEL_REQUIRE : SMBC_ENCRYPTLEVEL_DEFAULT);
    if (!smbc_init_context(context_)) return false;
    add_server_ = smbc_getFunctionAddCachedServer(context_);
    smbc_setFunctionAddCachedServer(context_, note_connection);

    const auto text = configuration(asked.flags);
    const int file = ::memfd_create("smb.conf", MFD_CLOEXEC);
    const auto written = ::pwrite(file, text.data(), text.size(), 0);
    const auto name = "/proc/self/fd/" + std::to_string(file);
    const bool read = written == static_cast<ssize_t>(text.size()) &&
                      smbc_setConfiguration(context_, name.c_str()) == 0;
    ::close(file);
    return read;
}

void share::give_login(
    SMBCCTX* context, const char*, const char*, char* domain, int domain_size, char* user,
    int user_size, char* password, int password_size) {
    const auto& self = *static_cast<share*>(smbc_getOptionUserData(context));
    const auto put = [](const std::string& text, char* into, int size) {
        std::snprintf(into, static_cast<std::size_t>(size), "%s", text.c_str());
    };
    if (!self.domain_.empty()) put(self.domain_, domain, domain_size);
    put(self.user_, user, user_size);
    put(self.password_, password, password_size);
}

int share::note_connection(
    SMBCCTX* context, SMBCSRV* server, const char* name, const char* share_name, const char* domain,
    const char* user) {
    auto& self = *static_cast<share*>(smbc_getOptionUserData(context));
    self.reached_ = stage::connected;
    const char* const known[] = {name, share_name, domain, user};
    for (std::size_t i = 0; i < std::size(known); ++i) self.known_[i] = known[i] ? known[i] : "";
    return self.add_server_(context, server, name, share_name, domain, user);
}

void share::note_message(void* self_, int, const char* message) {
    auto& self = *static_cast<share*>(self_);
    if (says(message, "getaddrinfo failed")) self.reached_ = stage::name;
    if (says(message, "session setup ok")) self.reached_ = stage::share;
    if (says(message, "login failed") &&
        (says(message, "disconnect") || says(message, "timeout") || says(message, "reset")))
        self.lost_ = true;
}

bool share::open_file(const std::string& path, int flags) {
    close();
    file_ = smbc_getFunctionOpen(context_)(context_, url(path).c_str(), flags, 0644);
    return file_ != nullptr;
}

wire_reply share::open(const std::string& path, int flags) {
    return open_file(path, flags) ? facts() : failed();
}

/// Opens a file; a small one is read at once, if it is the same before and after. What changes
/// meanwhile is left to read().
wire_reply share::fetch(const wire_request& asked, const std::string& path) {
    if (!open_file(path, O_RDONLY)) return failed();
    const bool known = asked.expected.size != 0 && asked.expected.size <= asked.length;
    wire_reply before;
    before.facts = asked.expected;
    if (!known) before = facts();
    const auto bytes = before.facts.size;
    if (before.error != 0 || bytes == 0 || bytes > asked.length) return before;
    auto whole = asked;
    whole.length = bytes;
    const auto got = read(whole);
    if (got.error != 0 || got.count != bytes || !(got.facts == before.facts))
        return known ? facts() : before;
    read_whole_ = true;
    return got;
}

void share::tidy() {
    if (read_whole_) close();
}

wire_reply share::read(const wire_request& asked) {
    const auto into = block(asked);
    if (!file_ || into.empty()) return refusal(EINVAL);
    if (!go_to(asked.offset)) return failed();
    std::uint64_t got = 0;
    while (got < asked.length) {
        const auto part = into.subspan(got, asked.length - got);
        const auto n = smbc_getFunctionRead(context_)(context_, file_, part.data(), part.size());
        if (n < 0) return failed();
        if (n == 0) break;
        got += static_cast<std::uint64_t>(n);
    }
    auto reply = facts();
    reply.count = got;
    return reply;
}

wire_reply share::write(const wire_request& asked) {
    const auto from = block(asked);
    if (!file_ || from.empty()) return refusal(EINVAL);
    if (!go_to(asked.offset)) return failed();
    wire_reply reply;
    while (reply.count < asked.length) {
        const auto part = from.subspan(reply.count, asked.length - reply.count);
        const auto n = smbc_getFunctionWrite(context_)(context_, file_, part.data(), part.size());
        if (n <= 0) return failed();
        reply.count += static_cast<std::uint64_t>(n);
    }
    return reply;
}

/// A lock on the file is the other's alone: not the descriptor is shared, but the file.
wire_reply share::open_output(const std::string& path) {
    close_output();
    output_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    return output_ >= 0 ? wire_reply() : refusal(errno);
}

void share::close_output() {
    if (output_ >= 0) ::close(std::exchange(output_, -1));
}

wire_reply share::store(const wire_request& asked) {
    if (!file_ || output_ < 0) return refusal(EINVAL);
    if (!go_to(asked.offset)) return failed();
    piece_.resize(detail::piece_size);
    std::uint64_t stored = 0;
    while (stored < asked.length) {
        const auto most = std::min<std::uint64_t>(piece_.size(), asked.length - stored);
        const auto n = smbc_getFunctionRead(context_)(context_, file_, piece_.data(), most);
        if (n < 0) return failed();
        const auto bytes = static_cast<std::size_t>(n);
        const auto at = static_cast<off_t>(asked.to + stored);
        if (bytes == 0 || ::pwrite(output_, piece_.data(), bytes, at) != n) break;
        stored += bytes;
    }
    auto reply = facts();
    reply.count = stored;
    return reply;
}

wire_reply share::look(const std::string& path) {
    if (path.empty()) return file_ ? facts() : refusal(EINVAL);
    struct stat about {};
    wire_reply reply;
    if (smbc_getFunctionStat(context_)(context_, url(path).c_str(), &about) != 0) return failed();
    reply.facts = facts_of(about);
    return reply;
}

wire_reply share::close() {
    read_whole_ = false;
    close_output();
    if (!file_) return {};
    auto* const open = std::exchange(file_, nullptr);
    return outcome(smbc_getFunctionClose(context_)(context_, open));
}

wire_reply share::set_time(const wire_request& asked, const std::string& path) {
    timeval times[2]{};
    times[0].tv_sec = times[1].tv_sec = asked.seconds;
    times[0].tv_usec = times[1].tv_usec = static_cast<suseconds_t>(asked.microseconds);
    return outcome(smbc_getFunctionUtimes(context_)(context_, url(path).c_str(), times));
}

/// What is no folder is no failure: whoever asks learns what it is.
wire_reply share::list(const std::string& path) {
    if (folder_) smbc_getFunctionClosedir(context_)(context_, std::exchange(folder_, nullptr));
    next_.reset();
    folder_ = smbc_getFunctionOpendir(context_)(context_, url(path).c_str());
    wire_reply reply;
    reply.facts.mode = S_IFDIR;
    if (folder_) return reply;
    const auto refused = failed();
    const auto found = look(path);
    return found.error == 0 && !S_ISDIR(found.facts.mode) ? found : refused;
}

/// One entry is always held back: whether it fits is known only when it is read.
wire_reply share::names(const wire_request& asked) {
    const auto into = block(asked);
    if (!folder_ || into.empty()) return refusal(EINVAL);
    wire_reply reply;
    for (; next_ || read_entry(); next_.reset()) {
        const auto& [entry, name] = *next_;
        if (reply.count + sizeof entry + name.size() > into.size()) return reply;
        auto* const at = into.data() + reply.count;
        std::memcpy(at, &entry, sizeof entry);
        std::memcpy(at + sizeof entry, name.data(), name.size());
        reply.count += sizeof entry + name.size();
    }
    if (reply.count == 0)
        smbc_getFunctionClosedir(context_)(context_, std::exchange(folder_, nullptr));
    return reply;
}

/// False at the end: the whole folder was read when it was opened.
bool share::read_entry() {
    struct stat about {};
    const auto read = smbc_getFunctionReaddirPlus2(context_);
    const auto* const found = read(context_, folder_, &about);
    if (!found) return false;
    next_.emplace();
    next_->name = found->name;
    next_->about.facts = facts_of(about);
    next_->about.bytes = static_cast<std::uint32_t>(next_->name.size());
    next_->about.link = is_link(*found, S_ISDIR(about.st_mode)) ? 1 : 0;
    return true;
}

wire_reply share::rights(const wire_request& asked, const std::string& path) {
    constexpr const char* everything_by_name = "system.nt_sec_desc.*+";
    const auto into = block(asked);
    if (into.empty()) return refusal(EINVAL);
    std::string text(longest_descriptor, '\0');
    const int got = smbc_getFunctionGetxattr(context_)(
        context_, url(path).c_str(), everything_by_name, text.data(), text.size());
    if (got < 0 && errno != ENODATA) return failed();
    text.resize(std::strlen(text.c_str()));
    const auto told = packed(
        got < 0 ? asked_in_vain() : rights_by(text, wanted_by(asked.flags), accounts_here()));
    wire_reply reply;
    reply.count = std::min(told.size(), into.size());
    std::memcpy(into.data(), told.data(), reply.count);
    return reply;
}

/// Empty if there is no such block.
std::span<std::byte> share::block(const wire_request& asked) const {
    if (asked.slot >= detail::slots || asked.length > detail::block_size) return {};
    return memory_.subspan(asked.slot * detail::block_size, detail::block_size);
}

bool share::go_to(std::uint64_t offset) {
    const auto to = static_cast<off_t>(offset);
    return smbc_getFunctionLseek(context_)(context_, file_, to, SEEK_SET) == to;
}

wire_reply share::facts() const {
    struct stat about {};
    if (smbc_getFunctionFstat(context_)(context_, file_, &about) != 0) return failed();
    wire_reply reply;
    reply.facts = facts_of(about);
    return reply;
}

std::string share::url(std::string_view path) const {
    std::string text = "smb://" + host_ + "/";
    append_encoded(text, share_);
    text += '/';
    append_encoded(text, path);
    return text;
}

wire_reply share::failed() const {
    const int error = errno == 0 ? EIO : errno;
    // What libsmbclient says when the server is gone tells nothing: EINVAL, mostly.
    const bool clear = error == ENOENT || error == EACCES || error == EEXIST || error == EISDIR ||
                       error == EBUSY || error == ENOSPC || error == EDQUOT;
    return refusal(clear || lives() ? error : ECONNRESET);
}

wire_reply share::outcome(int returned) const { return returned == 0 ? wire_reply() : failed(); }

/// Does the connection that we made still stand?
bool share::lives() const {
    auto* const server = smbc_getFunctionGetCachedServer(context_)(
        context_, known_[0].c_str(), known_[1].c_str(), known_[2].c_str(), known_[3].c_str());
    return server && smbc_getFunctionCheckServer(context_)(context_, server) == 0;
}

}  // namespace ferry::smb::helper
