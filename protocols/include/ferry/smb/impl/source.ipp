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
      given_(range_.first),
      direct_(asked.connections > 1) {
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
        auto going =
            goes_directly(into, *granted) ? put_directly(into, *granted) : give(into, *granted);
        auto given = co_await std::move(going);
        if (!given) co_return given;
    }
    co_await shut();
    co_return result<void>();
}

/// A file that is open keeps its times: whoever asks for them next must not find it so. A small one
/// is not, any more.
inline awaitable<void> source::shut() {
    if (*info_.size <= detail::small_step) co_return;
    const auto forgotten = co_await forget_blocks();
    if (!forgotten) co_return;
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

/// While a sink takes little at a time, or compares, blocks are read ahead for it instead; and what
/// came with the opening is here.
inline bool source::goes_directly(const sink& into, std::uint64_t bytes) const {
    return direct_ && bytes > detail::small_step && into.direct().descriptor >= 0;
}

/// At most `bytes`, perhaps none: then the other way will tell why.
inline awaitable<result<void>> source::put_directly(sink& into, std::uint64_t bytes) {
    const auto to = into.direct();
    auto forgotten = co_await forget_blocks();
    if (!forgotten) co_return forgotten;
    if (output_ != to.descriptor) {
        const auto ready = co_await wire_->output(to.descriptor);
        direct_ = ready.has_value();
        output_ = to.descriptor;
        into.accepted(0);
        co_return result<void>();
    }
    const auto wanted = std::min<std::uint64_t>(bytes, step_);
    wire_->store(given_, wanted, to.offset);
    const auto put = co_await wire_->moved(path_);
    if (!put) co_return put.error();
    if (auto same = check_version(put->facts); !same) co_return same;
    direct_ = put->count == wanted;
    into.accepted(std::min(put->count, wanted));
    given_ += std::min(put->count, wanted);
    next_ = given_;
    co_return result<void>();
}

inline awaitable<result<void>> source::forget_blocks() {
    for (; !asked_.empty(); asked_.pop_front()) {
        const auto unwanted = co_await wire_->moved(path_);
        if (!unwanted) co_return unwanted.error();
    }
    here_ = {};
    next_ = given_;
    co_return result<void>();
}

inline result<void> source::check_version(const detail::file_facts& now) const {
    if (version_of(now) == info_.version) return {};
    return detail::remote_failure(
        errc::source_changed, to_string(info_.location) + ", while it was being copied");
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
    if (auto same = check_version(got->facts); !same) co_return same;
    if (got->count < expected.bytes)
        co_return detail::remote_failure(errc::cut_short, to_string(info_.location));
    here_ = wire_->slot(expected.slot).first(expected.bytes);
    read_ahead();
    co_return result<void>();
}

}  // namespace ferry::smb
