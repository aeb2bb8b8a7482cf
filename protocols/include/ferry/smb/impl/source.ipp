#pragma once

#include <ferry/smb/facts.hpp>

#include <algorithm>
#include <utility>

namespace ferry::smb {
namespace detail {

/// What an object of `size` bytes has of the range that is asked for.
inline byte_range clipped(const open_request& asked, std::uint64_t size) {
    if (!asked.ranged) return {0, size};
    const auto end = std::min(asked.range.end, size);
    return {asked.range.first, std::max(asked.range.first, end)};
}

/// What a sink that takes so little at a time should have read ahead for it.
inline std::size_t step_for(std::uint64_t granted, std::size_t most) {
    return std::min<std::uint64_t>(std::max<std::uint64_t>(granted, small_step), most);
}

}  // namespace detail

inline source::source(lease wire, const open_request& asked, std::string path, const opened& file)
    : wire_(std::move(wire)),
      path_(std::move(path)),
      info_(describe_file(file.facts, asked.what)),
      range_(detail::clipped(asked, file.facts.size)),
      next_(range_.first),
      given_(range_.first) {
    if (file.rights) {
        info_.mode = file.rights->mode;
        info_.rights = std::make_shared<const file_rights>(file.rights->rights);
    }
    if (range_.first == 0 && range_.size() <= file.whole.size())
        here_ = file.whole.first(range_.size());
}

inline awaitable<result<void>> source::copy(sink& into) {
    while (given_ < range_.end) {
        const auto most = std::min<std::uint64_t>(range_.end - given_, detail::block_size);
        const auto granted = co_await into.reserve(most);
        if (!granted) co_return granted.error();
        if (*granted == 0) break;
        step_ = detail::step_for(*granted, wire_->step());
        auto given = co_await give(into, *granted);
        if (!given) co_return given;
    }
    co_await shut();
    co_return result<void>();
}

/// A file that is open keeps its times: whoever asks for them next must not find it so. A small one
/// is not, any more.
inline awaitable<void> source::shut() {
    if (*info_.size <= detail::small_step) co_return;
    for (; !asked_.empty(); asked_.pop_front()) {
        const auto unwanted = co_await wire_->moved(path_);
        if (!unwanted) co_return;
    }
    const auto closed = co_await wire_->close();
    static_cast<void>(closed);  // all bytes are here
}

/// At most `bytes`, at least one.
inline awaitable<result<void>> source::give(sink& into, std::uint64_t bytes) {
    if (here_.empty()) {
        auto came = co_await next_block();
        if (!came) co_return came;
    }
    const auto part = here_.first(std::min<std::uint64_t>(bytes, here_.size()));
    auto written = co_await into.write(part);
    if (!written) co_return written;
    given_ += part.size();
    here_ = here_.subspan(part.size());
    co_return result<void>();
}

/// Asks for one block. Two at most are asked for or held: each has a slot of its own.
inline void source::read_ahead() {
    const auto bytes = std::min<std::uint64_t>(range_.end - next_, step_);
    if (bytes == 0) return;
    asked_.push_back({next_, bytes, slot_});
    wire_->move(detail::operation::read, next_, bytes, slot_);
    next_ += bytes;
    slot_ = (slot_ + 1) % detail::slots;
}

/// Precondition: here_ is empty, so that its slot is free.
inline awaitable<result<void>> source::next_block() {
    if (asked_.empty()) read_ahead();
    const auto expected = asked_.front();
    auto got = co_await wire_->moved(path_);
    if (!got) co_return got.error();
    asked_.pop_front();
    const auto about = to_string(info_.location);
    if (!(version_of(got->facts) == info_.version))
        co_return detail::remote_failure(
            errc::source_changed, about + ", while it was being copied");
    if (got->count < expected.bytes) co_return detail::remote_failure(errc::cut_short, about);
    here_ = wire_->slot(expected.slot).first(expected.bytes);
    read_ahead();
    co_return result<void>();
}

}  // namespace ferry::smb
