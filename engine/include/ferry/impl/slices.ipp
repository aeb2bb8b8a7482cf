#pragma once

#include <algorithm>
#include <charconv>
#include <utility>

namespace ferry {
namespace detail {

inline std::string part_text(byte_range part) {
    const bool open = part.end == byte_range::open_end;
    return std::to_string(part.first) + "-" + (open ? "" : std::to_string(part.end - 1));
}

/// All digits, and a number that a size can be.
inline std::optional<std::uint64_t> parse_position(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size() && !text.empty();
    if (!good || value >= byte_range::open_end - 1) return std::nullopt;
    return value;
}

inline std::optional<byte_range> parse_part(std::string_view text) noexcept {
    const auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    const auto first = parse_position(text.substr(0, dash));
    const auto rest = text.substr(dash + 1);
    if (!first) return std::nullopt;
    if (rest.empty()) return byte_range{*first, byte_range::open_end};
    const auto last = parse_position(rest);
    if (!last || *last < *first) return std::nullopt;
    return byte_range{*first, *last + 1};
}

inline failure too_short(const url& what, byte_range part, std::optional<std::uint64_t> size) {
    const auto text = size ? "has only " + std::to_string(*size) + " bytes" : "is shorter";
    return {
        errc::bad_argument,
        to_string(what) + " " + text + ": the range " + part_text(part) + " is not in it",
        error_context::remote_file};
}

}  // namespace detail

inline result<void> slices::add(std::string_view text) {
    const auto fail = [&](std::string why) { return failure{errc::bad_argument, std::move(why)}; };
    const auto part = detail::parse_part(text);
    if (!part) return fail("not a range (first and last byte, from 0: 0-99, or 100- to the end)");
    if (parts_.size() == most) return fail("more than " + std::to_string(most) + " ranges");
    if (!parts_.empty() && parts_.back().end == byte_range::open_end)
        return fail("a range behind one that goes to the end");
    const auto overlaps = [&](byte_range one) {
        return part->first < one.end && one.first < part->end;
    };
    if (std::any_of(parts_.begin(), parts_.end(), overlaps))
        return fail("overlaps a range before it (each byte once)");
    parts_.push_back(*part);
    return {};
}

inline std::string slices::to_string() const {
    std::string text;
    for (const auto& part : parts_) text += (text.empty() ? "" : ",") + detail::part_text(part);
    return text;
}

inline slices::piece slices::find(byte_range wanted) const noexcept {
    std::uint64_t before = 0;
    for (const auto& part : parts_) {
        const auto skipped = wanted.first - before;
        if (skipped < part.size()) {
            const auto most = std::min(wanted.size(), part.size() - skipped);
            const auto first = part.first + skipped;
            const bool to_the_end =
                part.end == byte_range::open_end && wanted.end == byte_range::open_end;
            return {{first, to_the_end ? byte_range::open_end : first + most}, wanted.first};
        }
        before += part.size();
    }
    return {{0, 0}, wanted.first};
}

inline std::optional<std::uint64_t> slices::size(
    std::optional<std::uint64_t> of_object) const noexcept {
    std::uint64_t sum = 0;
    for (auto part : parts_) {
        if (part.end == byte_range::open_end && !of_object) return std::nullopt;
        if (part.end == byte_range::open_end) part.end = *of_object;
        sum += part.size();
    }
    return sum;
}

inline std::optional<byte_range> slices::outside(std::uint64_t of_object) const noexcept {
    for (const auto& part : parts_) {
        const bool open = part.end == byte_range::open_end;
        if (open ? part.first >= of_object : part.end > of_object) return part;
    }
    return std::nullopt;
}

namespace detail {

/// Opens the piece that `wanted` of the whole begins with. A reply of the whole object to a
/// request under a tag means another version: asked again without it.
inline awaitable<result<std::unique_ptr<source>>> open_piece(
    protocol& by, slices parts, open_request what, byte_range wanted) {
    constexpr int range_not_satisfiable = 416;
    what.ranged = true;
    what.range = parts.find(wanted).there;
    if (what.range.empty())
        co_return failure{
            errc::range_refused, to_string(what.what) + ": nothing is behind its last range",
            error_context::remote_file};
    for (;;) {
        auto ask = what;
        auto opened = co_await by.open(std::move(ask));
        if (!opened) co_return opened;
        const auto& info = (*opened)->info();
        const auto lost = info.size ? parts.outside(*info.size) : std::nullopt;
        if (lost) co_return too_short(what.what, *lost, info.size);
        if (info.http_status == range_not_satisfiable)
            co_return too_short(what.what, what.range, info.size);
        const auto got = (*opened)->range();
        if (got.first == what.range.first && got.end <= what.range.end) co_return opened;
        if (std::exchange(what.if_match, {}).empty())
            co_return failure{
                errc::unsupported, to_string(what.what) + ": the server gives no parts of it",
                error_context::remote_file};
    }
}

/// Counts what goes through, and notices when no more is wanted.
class counting_sink final : public sink {
  public:
    explicit counting_sink(sink& into) : into_(into) {}

    std::uint64_t bytes() const noexcept { return bytes_; }
    bool full() const noexcept { return full_; }

    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        auto room = co_await into_.reserve(most);
        full_ = room && *room == 0;
        co_return room;
    }
    awaitable<result<void>> write(std::span<const std::byte> bytes) override {
        auto written = co_await into_.write(bytes);
        if (written) bytes_ += bytes.size();
        co_return written;
    }
    direct_output direct() const noexcept override { return into_.direct(); }
    void accepted(std::uint64_t bytes) override {
        bytes_ += bytes;
        into_.accepted(bytes);
    }

  private:
    sink& into_;
    std::uint64_t bytes_ = 0;
    bool full_ = false;
};

/// One piece after the other.
class sliced_source final : public source {
  public:
    sliced_source(
        protocol& by, slices parts, open_request what, byte_range wanted,
        std::unique_ptr<source> first)
        : by_(by),
          parts_(std::move(parts)),
          what_(std::move(what)),
          piece_(std::move(first)),
          info_(piece_->info()) {
        info_.size = parts_.size(info_.size);
        info_.ranges = true;
        range_ = {wanted.first, std::min(wanted.end, info_.size.value_or(byte_range::open_end))};
        what_.what = info_.location.scheme.empty() ? what_.what : info_.location;
        what_.if_match = info_.version.strong() ? info_.version.tag : std::string();
    }

    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return range_; }
    bool at_hand() const noexcept override {
        return piece_->range().size() == range_.size() && piece_->at_hand();
    }
    awaitable<result<void>> copy(sink& into) override {
        counting_sink counted(into);
        for (std::uint64_t before = 0;; before = counted.bytes()) {
            const auto end = piece_->range().end;
            auto copied = co_await piece_->copy(counted);
            if (!copied || counted.full() || end == byte_range::open_end) co_return copied;
            if (range_.size() <= counted.bytes()) co_return result<void>();
            if (counted.bytes() == before)
                co_return failure{errc::cut_short, "no byte of a range came"};
            auto next = co_await open_next(range_.first + counted.bytes());
            if (!next) co_return next;
        }
    }

  private:
    awaitable<result<void>> open_next(std::uint64_t first) {
        const byte_range rest{first, range_.end};
        auto opened = co_await open_piece(by_, parts_, what_, rest);
        if (!opened) co_return opened.error();
        const auto& info = (*opened)->info();
        if (info.version != info_.version || parts_.size(info.size) != info_.size)
            co_return failure{
                errc::source_changed, "a range of another version", error_context::remote_file};
        piece_ = std::move(*opened);
        co_return result<void>();
    }

    protocol& by_;
    const slices parts_;
    open_request what_;
    std::unique_ptr<source> piece_;
    object_info info_;
    byte_range range_;
};

}  // namespace detail

inline awaitable<result<std::unique_ptr<source>>> open_slices(
    protocol& by, slices parts, open_request what) {
    const auto wanted = what.ranged ? what.range : byte_range{};
    auto opened = co_await detail::open_piece(by, parts, what, wanted);
    if (!opened) co_return opened;
    co_return std::make_unique<detail::sliced_source>(
        by, std::move(parts), std::move(what), wanted, std::move(*opened));
}

}  // namespace ferry
