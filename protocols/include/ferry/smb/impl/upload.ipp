#pragma once

#include <ferry/checksum.hpp>
#include <ferry/detail/uuid.hpp>
#include <ferry/smb/facts.hpp>

#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::smb {
namespace detail {

inline constexpr std::string_view partial_mark = ".ferry-part-";
inline constexpr std::size_t partial_digits = 8;
inline constexpr std::size_t longest_file_name = 255;
/// Bytes that are compared before a partial is continued.
inline constexpr std::uint64_t proof = 64 << 10;

inline std::string partial_stem(const std::string& file) {
    const auto most = longest_file_name - 1 - partial_mark.size() - partial_digits;
    return "." + std::string(ferry::detail::utf8_prefix(file, most)) + std::string(partial_mark);
}

}  // namespace detail

inline std::string partial_name(const std::string& file) {
    return detail::partial_stem(file) +
           ferry::detail::random_uuid().substr(0, detail::partial_digits);
}

inline std::string partial_name(const std::string& file, const upload_request& what) {
    if (what.source.empty()) return partial_name(file);
    std::array<char, HOST_NAME_MAX + 1> machine{};
    ::gethostname(machine.data(), machine.size() - 1);
    const auto who = std::string(machine.data()) + '\n' + std::to_string(::geteuid());
    const auto text = who + '\n' + what.source + '\n' + to_string(what.what);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return detail::partial_stem(file) +
           ferry::detail::to_hex(std::span(digest).first(detail::partial_digits / 2));
}

inline bool is_partial_of(const std::string& name, const std::string& file) {
    const auto stem = detail::partial_stem(file);
    const auto digits = std::string_view(name).substr(std::min(stem.size(), name.size()));
    return name.starts_with(stem) && digits.size() == detail::partial_digits &&
           digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

inline upload::upload(lease wire, names names, upload_request asked, std::uint64_t held)
    : wire_(std::move(wire)),
      names_(std::move(names)),
      asked_(std::move(asked)),
      offset_(held - std::min<std::uint64_t>(held, detail::block_size)) {}

inline awaitable<result<void>> upload::send(content& from) {
    auto proven = co_await prove(from);
    if (!proven) co_return proven;
    auto sent = co_await send_all(from);
    if (!sent) co_return sent;
    auto same = co_await from.unchanged();
    if (!same) co_return same;
    modified_ = from.modified();
    co_return result<void>();
}

/// Does the partial end as the object does there?
inline awaitable<result<void>> upload::prove(content& from) {
    const auto bytes = std::min(offset_, detail::proof);
    if (bytes == 0) co_return result<void>();
    const auto first = offset_ - bytes;
    wire_->move(detail::operation::read, first, bytes, 0);
    auto there = co_await wire_->moved(names_.folder + names_.partial);
    if (!there) co_return there.error();
    std::vector<std::byte> ours(bytes);
    auto read = co_await from.read(first, ours);
    if (!read) co_return read;
    const auto theirs = wire_->slot(0).first(bytes);
    if (there->count == bytes && std::equal(ours.begin(), ours.end(), theirs.begin()))
        co_return result<void>();
    co_return detail::remote_failure(
        errc::session_lost, to_string(asked_.what) + ": the partial holds something else");
}

/// While one block goes to the server, the next is read.
inline awaitable<result<void>> upload::send_all(content& from) {
    auto at = offset_;
    for (std::uint32_t slot = 0; at < asked_.size; slot = (slot + 1) % detail::slots) {
        const auto most = std::min<std::uint64_t>(asked_.size - at, wire_->step());
        const auto granted = co_await from.reserve(most);
        if (!granted) co_return granted.error();
        const auto bytes = std::min(*granted, most);
        auto read = co_await from.read(at, wire_->slot(slot).first(bytes));
        if (!read) co_return read;
        auto before = co_await written();
        if (!before) co_return before;
        wire_->move(detail::operation::write, at, bytes, slot);
        writing_ = true;
        at += bytes;
        from.sent(at);
    }
    auto last = co_await written();
    co_return last;
}

inline awaitable<result<void>> upload::written() {
    if (!std::exchange(writing_, false)) co_return result<void>();
    auto reply = co_await wire_->moved(names_.folder + names_.partial);
    if (!reply) co_return reply.error();
    co_return result<void>();
}

inline awaitable<result<object_info>> upload::finish() {
    const auto partial = names_.folder + names_.partial, file = names_.folder + names_.file;
    auto closed = co_await wire_->close();
    if (!closed) co_return closed.error();
    if (modified_) {
        const auto when =
            std::chrono::floor<std::chrono::microseconds>(modified_->time_since_epoch());
        const auto set = co_await wire_->set_time(partial, when);
        static_cast<void>(set);  // not all servers let everybody do that
    }
    if (!asked_.replace) {
        const auto there = co_await wire_->look(file);
        if (there) co_return detail::remote_failure(errc::exists, to_string(asked_.what));
        if (there.error().code != errc::not_found) co_return there.error();
    }
    auto renamed = co_await wire_->rename(partial, file);
    // what may be replaced is in the way only as long as it cannot be deleted
    if (!renamed && asked_.replace && renamed.error().code == errc::exists)
        co_return detail::remote_failure(
            errc::overloaded, to_string(asked_.what) + ": another program has it open");
    if (!renamed) co_return renamed.error();
    const auto facts = co_await wire_->look(file);
    if (!facts) co_return facts.error();
    auto where = asked_.what;
    where.user_info.clear();
    if (where.path.ends_with('/'))
        where.path += ferry::detail::percent_encode(
            names_.file, [](char c) { return !ferry::detail::is_unreserved(c); });
    co_return describe_file(*facts, std::move(where));
}

inline awaitable<result<void>> upload::cancel() {
    auto closed = co_await wire_->close();
    if (!closed) co_return closed;
    auto removed =
        co_await wire_->change(detail::operation::remove, names_.folder + names_.partial);
    if (!removed && removed.error().code == errc::not_found) co_return result<void>();
    co_return removed;
}

}  // namespace ferry::smb
