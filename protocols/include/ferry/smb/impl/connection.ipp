#pragma once

#include <ferry/detail/with_timeout.hpp>

#include <openssl/crypto.h>

#include <sys/stat.h>

#include <cstring>
#include <initializer_list>
#include <system_error>

namespace ferry::smb {
namespace detail {

/// As split() of the helper expects them. The result may hold a password: it is wiped after use.
inline std::string join(std::initializer_list<std::string_view> texts) {
    std::size_t bytes = 0;
    for (const auto one : texts) bytes += one.size() + 1;
    std::string joined;
    joined.reserve(bytes);  // never moved: no copies stay behind
    for (const auto one : texts) (joined += one) += '\0';
    return joined;
}

inline failure remote_failure(std::error_code code, std::string detail) {
    return {code, std::move(detail), error_context::remote_file};
}

/// What libsmbclient makes of a server's refusal.
inline failure file_trouble(int number, const std::string& about) {
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return remote_failure(errc::not_found, about);
        case EACCES:
        case EPERM:
        case EROFS:
            return remote_failure(errc::unauthorized, about + ": access denied");
        case EEXIST:
            return remote_failure(errc::exists, about);
        case EISDIR:
            return remote_failure(
                errc::unsupported, about + " is a folder (name a file of it, or add --recursive)");
        case EBUSY:
        case ETXTBSY:
            return remote_failure(errc::overloaded, about + ": another program has it open");
        case EDQUOT:
            return remote_failure(std::make_error_code(std::errc::no_space_on_device), about);
        case EPROTO:
            return remote_failure(errc::malformed, about + ": the SMB helper is another version");
        default:
            break;
    }
    const std::error_code code(number, std::generic_category());
    const bool network = ferry::detail::is_network_error(code);
    return {code, about, network ? error_context::transport : error_context::remote_file};
}

/// Takes the entries of `folder` out of a slot. False: they are none.
inline bool take_entries(
    std::span<const std::byte> from, const std::string& folder, folder_listing& into,
    known_files& known) {
    while (!from.empty()) {
        wire_entry next;
        if (from.size() < sizeof next) return false;
        std::memcpy(&next, from.data(), sizeof next);
        from = from.subspan(sizeof next);
        if (from.size() < next.bytes) return false;
        folder_entry entry;
        entry.name.assign(reinterpret_cast<const char*>(from.data()), next.bytes);
        from = from.subspan(next.bytes);
        const bool inner = S_ISDIR(next.facts.mode);
        entry.kind = inner ? folder_entry::type::folder : folder_entry::type::file;
        entry.link = next.link != 0;
        if (inner && next.facts.id != 0) entry.identity = std::to_string(next.facts.id);
        if (!inner && !entry.link) known.note(folder + entry.name, next.facts);
        if (entry.name == ".")
            into.identity = entry.identity;
        else if (entry.name != "..")
            into.entries.push_back(std::move(entry));
    }
    return true;
}

/// Takes rights out of a slot.
inline result<local_rights> take_rights(std::span<const std::byte> from) {
    wire_rights head;
    if (from.size() < sizeof head) return failure{errc::malformed, "another version of rights"};
    std::memcpy(&head, from.data(), sizeof head);
    from = from.subspan(sizeof head);
    std::string rest(reinterpret_cast<const char*>(from.data()), from.size());
    if (head.flags & without_rights) return failure{errc::unsupported, std::move(rest)};
    local_rights all;
    if (head.flags & with_owner) all.rights.owner = head.owner;
    if (head.flags & with_group) all.rights.group = head.group;
    if ((head.flags & with_acl) == 0) return all;
    all.rights.acl = std::move(rest);
    all.mode = head.mode;
    return all;
}

/// After a step that took so long.
inline std::size_t next_step(std::size_t step, clock::duration took) {
    using std::chrono::milliseconds;
    if (took < milliseconds(500)) return std::min(2 * step, block_size);
    if (took > milliseconds(2000)) return std::max(step / 2, first_step);
    return step;
}

}  // namespace detail

inline std::string connection::name(std::string_view path) const {
    const auto port = to_.port == 0 ? "" : ":" + std::to_string(to_.port);
    return "smb://" + to_.host + port + "/" + to_.share + "/" + std::string(path);
}

inline awaitable<result<void>> connection::connect(std::chrono::milliseconds patience) {
    detail::wire_request what;
    what.what = detail::operation::connect;
    what.offset = to_.port;
    what.length = static_cast<std::uint64_t>(limit_.count());
    what.flags = (to_.who.ticket ? detail::by_ticket : 0U) |
                 (to_.who.guest ? detail::may_be_guest : 0U) |
                 (to_.encrypt ? detail::must_encrypt : 0U);
    auto texts = detail::join(
        {to_.host, to_.share, to_.who.domain, to_.who.user, to_.who.password.reveal(),
         to_.who.ticket_cache});
    const bool sent = process_->post(what, texts);
    OPENSSL_cleanse(texts.data(), texts.size());
    static_cast<void>(sent);  // receive() tells
    auto waiting = process_->receive();
    auto reply = co_await ferry::detail::with_timeout(time_, patience, std::move(waiting));
    if (!reply) {
        auto why = reply.error();
        why.detail = "connect to " + to_.host + (why.detail.empty() ? "" : ": " + why.detail);
        co_return why;
    }
    if (reply->error != 0) co_return explain_connect(*reply);
    process_->hold(static_cast<pid_t>(reply->count));
    connected_ = true;
    co_return result<void>();
}

inline failure connection::explain_connect(const detail::wire_reply& reply) const {
    using detail::remote_failure;
    const auto port = to_.port == 0 ? std::string() : ":" + std::to_string(to_.port);
    const auto share = "\\\\" + to_.host + port + "\\" + to_.share;
    const auto who = to_.who.ticket
                         ? std::string("the Kerberos ticket of this session")
                         : (to_.who.domain.empty() ? "" : to_.who.domain + "\\") + to_.who.user;
    if (reply.error == EPROTONOSUPPORT)
        return remote_failure(errc::not_trusted, share + ": the server does not encrypt");
    switch (reply.reached) {
        case detail::stage::name:
            return {errc::name_not_resolved, to_.host, error_context::transport};
        case detail::stage::login:
            if (to_.encrypt && to_.who.guest)
                return remote_failure(
                    errc::not_trusted, share + ": what a guest gets cannot be encrypted");
            return remote_failure(
                errc::unauthorized,
                share + ": the login with " + who + " failed" +
                    (to_.who.ticket ? " (give --credential USER, or smb://guest@HOST; or kinit)"
                                    : ""));
        case detail::stage::share:
            if (reply.error == ENOENT)
                return remote_failure(errc::not_found, share + ": no such share");
            if (reply.error == EACCES || reply.error == EPERM)
                return remote_failure(errc::unauthorized, share + ": closed to " + who);
            break;
        case detail::stage::network:
        case detail::stage::connected:
            break;
    }
    auto why = detail::file_trouble(reply.error, "connect to " + share);
    if (why.context == error_context::transport && reply.error != ECONNABORTED) return why;
    // a server that is not, or no longer, there in full; or one of SMB 1
    why.code = std::make_error_code(std::errc::connection_aborted);
    why.context = error_context::transport;
    if (reply.reached == detail::stage::network) why.detail += " (does it speak SMB 2 or 3?)";
    return why;
}

inline awaitable<result<detail::wire_reply>> connection::ask(
    detail::wire_request what, std::string texts, std::string path) {
    static_cast<void>(process_->post(what, texts));  // reply() tells
    auto answer = co_await reply(std::move(path));
    co_return answer;
}

inline awaitable<result<detail::wire_reply>> connection::reply(std::string path) {
    const auto about = name(path);
    auto waiting = process_->receive();
    auto got = co_await ferry::detail::with_timeout(time_, limit_, std::move(waiting));
    if (!got) {
        auto why = got.error();
        why.detail = about + (why.detail.empty() ? "" : ": " + why.detail);
        co_return why;
    }
    if (got->error == 0) co_return got;
    auto why = detail::file_trouble(got->error, about);
    lost_ = why.context == error_context::transport;
    co_return why;
}

inline awaitable<result<detail::file_facts>> connection::open(
    detail::operation how, std::string path) {
    detail::wire_request what;
    what.what = how;
    may_close_ |= how == detail::operation::create || how == detail::operation::reopen;
    auto texts = detail::join({path});
    auto answer = co_await ask(what, std::move(texts), std::move(path));
    if (!answer) co_return answer.error();
    co_return answer->facts;
}

inline awaitable<result<opened>> connection::open_to_read(std::string path, std::size_t most) {
    detail::wire_request what;
    what.what = detail::operation::open;
    what.length = most;
    if (most != 0) what.expected = known_.take(name(path));
    may_close_ = true;
    auto texts = detail::join({path});
    auto answer = co_await ask(what, std::move(texts), std::move(path));
    if (!answer) co_return answer.error();
    opened file{answer->facts};
    if (answer->count == 0 && what.expected.size != 0) known_.forget();
    if (answer->count == 0) co_return file;
    file.whole = slot(0).first(std::min<std::uint64_t>(answer->count, most));
    may_close_ = false;
    co_return file;
}

inline awaitable<result<detail::file_facts>> connection::look(std::string path) {
    auto facts = co_await open(detail::operation::look, std::move(path));
    co_return facts;
}

inline awaitable<result<folder_listing>> connection::list(std::string path) {
    auto facts = co_await open(detail::operation::list, path);
    if (!facts) co_return facts.error();
    if (!S_ISDIR(facts->mode))
        co_return detail::remote_failure(
            std::make_error_code(std::errc::not_a_directory), name(path));
    folder_listing found;
    const auto folder = name(path.empty() ? path : path + "/");
    for (;;) {
        move(detail::operation::names, 0, 0, 0);
        auto answer = co_await reply(path);
        if (!answer) co_return answer.error();
        if (answer->count == 0) co_return found;
        const auto here = slot(0);
        if (answer->count > here.size() ||
            !detail::take_entries(here.first(answer->count), folder, found, known_))
            co_return detail::remote_failure(
                errc::malformed, name(path) + ": the SMB helper is another version");
    }
}

inline awaitable<result<detail::local_rights>> connection::rights(
    std::string path, rights_wanted wanted) {
    constexpr std::uint32_t slot_of_rights = 1;
    detail::wire_request what;
    what.what = detail::operation::rights;
    what.slot = slot_of_rights;
    what.length = detail::block_size;
    what.flags = (wanted.owner ? detail::with_owner : 0U) |
                 (wanted.group ? detail::with_group : 0U) | (wanted.acl ? detail::with_acl : 0U);
    auto texts = detail::join({path});
    auto answer = co_await ask(what, std::move(texts), path);
    if (!answer) co_return answer.error();
    const auto bytes = std::min<std::uint64_t>(answer->count, detail::block_size);
    auto told = detail::take_rights(slot(slot_of_rights).first(bytes));
    if (told) co_return told;
    co_return detail::remote_failure(told.error().code, name(path) + ": " + told.error().detail);
}

inline awaitable<result<void>> connection::change(detail::operation how, std::string path) {
    detail::wire_request what;
    what.what = how;
    auto texts = detail::join({path});
    auto answer = co_await ask(what, std::move(texts), std::move(path));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

inline awaitable<result<void>> connection::close() {
    auto closed = co_await change(detail::operation::close, std::string());
    co_return closed;
}

inline awaitable<result<void>> connection::rename(std::string from, std::string to) {
    detail::wire_request what;
    what.what = detail::operation::rename;
    auto texts = detail::join({from, to});
    auto answer = co_await ask(what, std::move(texts), std::move(to));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

inline awaitable<result<void>> connection::set_time(
    std::string path, std::chrono::microseconds when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    detail::wire_request what;
    what.what = detail::operation::set_time;
    what.seconds = seconds.count();
    what.microseconds = static_cast<std::uint32_t>((when - seconds).count());
    auto texts = detail::join({path});
    auto answer = co_await ask(what, std::move(texts), std::move(path));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

inline void connection::move(
    detail::operation how, std::uint64_t offset, std::size_t bytes, std::uint32_t slot) {
    detail::wire_request what;
    what.what = how;
    what.offset = offset;
    what.length = bytes;
    what.slot = slot;
    static_cast<void>(process_->post(what));
}

inline awaitable<result<detail::wire_reply>> connection::moved(std::string path) {
    const auto begun = time_.now();
    auto answer = co_await reply(std::move(path));
    storing_ = storing_ && !process_->free();
    step_ = detail::next_step(step_, time_.now() - begun);
    co_return answer;
}

inline awaitable<result<void>> connection::output(int descriptor) {
    if (!process_->held()) co_return failure{errc::unsupported};
    const auto path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor);
    auto opened = co_await change(detail::operation::output, path);
    co_return opened;
}

inline void connection::store(std::uint64_t offset, std::size_t bytes, std::uint64_t to) {
    detail::wire_request what;
    what.what = detail::operation::store;
    what.offset = offset;
    what.length = bytes;
    what.to = to;
    storing_ = true;
    static_cast<void>(process_->post(what));
}

inline void connection::rest() {
    if (storing_) return;  // it is of no more use
    if (may_close_ || !process_->free()) process_->post_blindly(detail::wire_request{});
    may_close_ = false;
}

}  // namespace ferry::smb
