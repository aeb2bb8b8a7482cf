#pragma once

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <sys/stat.h>

#include <stdexcept>
#include <vector>

namespace ferry {
namespace detail {

inline constexpr int journal_format = 1;

inline failure bad_journal(std::string why) {
    return {errc::malformed, "journal: " + std::move(why), error_context::local_file};
}

inline result<range_set> ranges_from_json(const boost::json::array& list) {
    range_set ranges;
    std::uint64_t position = 0;
    for (const auto& entry : list) {
        const auto& pair = entry.as_array();
        const byte_range one{
            pair.at(0).to_number<std::uint64_t>(), pair.at(1).to_number<std::uint64_t>()};
        if (one.empty() || one.first < position) return bad_journal("ranges out of order");
        position = one.end;
        ranges.add(one);
    }
    return ranges;
}

inline result<journal> journal_from_json(const boost::json::object& from) {
    if (from.at("v").to_number<int>() != journal_format) return bad_journal("unknown version");
    journal record;
    record.url = from.at("url").as_string();
    if (!from.at("size").is_null()) record.size = from.at("size").to_number<std::uint64_t>();
    record.version.tag = from.at("tag").as_string();
    record.version.weak = from.at("weak").as_bool();
    record.version.date = from.at("date").as_string();
    record.inode = from.at("inode").to_number<std::uint64_t>();
    record.boot = from.at("boot").as_string();
    const auto* verified = from.if_contains("verified");  // unknown to older journals
    record.verified = verified && verified->as_bool();
    if (const auto* job = from.if_contains("job")) record.job = job->as_string();
    auto ranges = ranges_from_json(from.at("durable").as_array());
    if (!ranges) return ranges.error();
    record.durable = *std::move(ranges);
    const auto& all = record.durable.ranges();
    if (record.size && !all.empty() && all.back().end > *record.size)
        return bad_journal("ranges past the end");
    return record;
}

}  // namespace detail

inline std::string to_json(const journal& record) {
    boost::json::array ranges;
    for (const auto& one : record.durable.ranges())
        ranges.push_back(boost::json::array{one.first, one.end});
    boost::json::object out;
    out["v"] = detail::journal_format;
    out["url"] = record.url;
    out["size"] = record.size ? boost::json::value(*record.size) : boost::json::value();
    out["tag"] = record.version.tag;
    out["weak"] = record.version.weak;
    out["date"] = record.version.date;
    out["inode"] = record.inode;
    out["boot"] = record.boot;
    out["verified"] = record.verified;
    if (!record.job.empty()) out["job"] = record.job;
    out["durable"] = std::move(ranges);
    return boost::json::serialize(out);
}

inline result<journal> parse_journal(std::string_view text) {
    try {
        boost::json::error_code error;
        const auto parsed = boost::json::parse({text.data(), text.size()}, error);
        if (error) return detail::bad_journal(error.message());
        return detail::journal_from_json(parsed.as_object());
    } catch (const std::exception&) {  // a missing key, another type, a number out of range
        return detail::bad_journal("unexpected content");
    }
}

inline result<journal> read_journal(const std::string& path) {
    constexpr off_t largest = 16 << 20;
    const detail::unique_fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0) return detail::errno_failure("open", path);
    if (!S_ISREG(about.st_mode) || about.st_size > largest || !detail::is_mine(about, path))
        return detail::bad_journal("no journal");
    std::vector<std::byte> bytes(static_cast<std::size_t>(about.st_size));
    if (detail::read_fully(file.get(), bytes, 0) != about.st_size)
        return detail::errno_failure("read", path);
    return parse_journal({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

inline result<journal_draft> journal_draft::write(std::string path, const journal& record) {
    const auto temporary = path + ".tmp";
    ::unlink(temporary.c_str());
    const auto text = to_json(record);
    journal_draft draft(
        std::move(path),
        detail::unique_fd(::open(
            temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            S_IRUSR | S_IWUSR)));
    const bool written =
        draft.file_ && detail::write_all(draft.file_.get(), std::as_bytes(std::span(text)), 0);
    if (!written) return draft.failed();
    return draft;
}

inline journal_draft::~journal_draft() {
    if (file_) ::unlink(temporary().c_str());
}

inline result<void> journal_draft::sync() const {
    if (::fdatasync(file_.get()) != 0) return failed();
    return {};
}

inline result<void> journal_draft::give_name() {
    if (::rename(temporary().c_str(), path_.c_str()) != 0) return failed();
    file_ = {};
    return {};
}

inline result<void> write_journal(const std::string& path, const journal& record, bool durable) {
    auto draft = journal_draft::write(path, record);
    if (!draft) return draft.error();
    auto synced = durable ? draft->sync() : result<void>();
    if (!synced) return synced;
    return draft->give_name();
}

namespace detail {

inline std::string read_boot_id() {
    const unique_fd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    std::string id(36, '\0');
    if (!file) return {};
    const auto n = read_fully(file.get(), std::as_writable_bytes(std::span(id)), 0);
    return n == 36 ? id : std::string();
}

}  // namespace detail

inline const std::string& boot_id() {
    static const auto id = detail::read_boot_id();
    return id;
}

}  // namespace ferry
