#pragma once

#include <ferry/checksum.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace ferry::detail {

inline constexpr int upload_record_format = 2;
inline constexpr std::size_t largest_upload_record = 64U << 10;

inline std::string to_json(const upload_record& record) {
    boost::json::object out;
    out["v"] = upload_record_format;
    out["source"] = record.source;
    out["destination"] = record.destination;
    out["version"] = record.version;
    out["size"] = record.size;
    out["token"] = record.token;
    return boost::json::serialize(out);
}

inline result<upload_record> parse_upload_record(std::string_view text) {
    const failure bad{errc::malformed, "upload journal", error_context::local_file};
    try {
        const auto parsed = boost::json::parse({text.data(), text.size()});
        const auto& from = parsed.as_object();
        if (from.at("v").to_number<int>() != upload_record_format) return bad;
        upload_record record;
        record.source = from.at("source").as_string();
        record.destination = from.at("destination").as_string();
        record.token = from.at("token").as_string();
        record.version = from.at("version").as_string();
        record.size = from.at("size").to_number<std::uint64_t>();
        return record;
    } catch (const std::exception&) {  // no JSON, a missing key, another type, a number too large
        return bad;
    }
}

/// A name for the journal of one source and one destination: half of a SHA-256.
inline std::string journal_name(const upload_record& of) {
    const auto text = of.source + '\n' + of.destination;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return to_hex(std::span(digest).first(16)) + ".json";
}

inline upload_journal::upload_journal(
    const std::string& folder, std::string source, std::string destination)
    : folder_(folder) {
    mine_.source = std::move(source);
    mine_.destination = std::move(destination);
    if (!folder_.empty()) path_ = folder_ + '/' + journal_name(mine_);
}

inline result<void> upload_journal::open(int flags) {
    for (;;) {
        file_ = unique_fd(::open(path_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600));
        if (!file_) return errno_failure("open", path_);
        if (auto locked = lock(); !locked) return locked;
        struct stat mine {
        }, named{};  // whoever had the lock before may have deleted the file
        const bool same = ::fstat(file_.get(), &mine) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
                          named.st_ino == mine.st_ino;
        if (same) return {};
        if (flags == 0) return file_failure(ENOENT, "open " + path_);
    }
}

inline result<void> upload_journal::lock() {
    if (lock_file(file_.get())) return {};
    file_ = {};
    return failure{
        errc::busy, mine_.source + " is being uploaded to " + mine_.destination + " already",
        error_context::local_file};
}

inline bool upload_journal::has_no_folder() const {
    return path_.empty() || (!open_cached(folder_) && errno == ENOENT);
}

inline result<void> upload_journal::find() {
    if (path_.empty()) return {};
    auto opened = open(0);
    if (!opened && opened.error().code == errc::busy) return opened;
    if (!opened) return {};  // nothing there, or nothing of ours
    struct stat about {};
    std::string text(largest_upload_record, '\0');
    const auto size = read_fully(file_.get(), std::as_writable_bytes(std::span(text)), 0);
    if (size < 0 || ::fstat(file_.get(), &about) != 0 || about.st_uid != ::geteuid()) return {};
    text.resize(static_cast<std::size_t>(size));
    auto found = parse_upload_record(text);
    if (found && found->source == mine_.source && found->destination == mine_.destination)
        record_ = *std::move(found);
    return {};
}

inline result<void> upload_journal::keep(
    std::string version, std::uint64_t size, std::string token) {
    if (path_.empty()) return {};
    if (!file_) {
        std::error_code error;
        std::filesystem::create_directories(folder_, error);
        if (error) return file_failure(error.value(), "create folder " + folder_);
        if (auto opened = open(O_CREAT); !opened) return opened;
    }
    mine_.version = std::move(version);
    mine_.size = size;
    mine_.token = std::move(token);
    if (auto written = write(to_json(mine_)); !written) return written;
    record_ = mine_;
    return {};
}

inline result<void> upload_journal::write(const std::string& text) {
    const bool done = ::ftruncate(file_.get(), 0) == 0 &&
                      write_all(file_.get(), std::as_bytes(std::span(text)), 0) &&
                      ::fdatasync(file_.get()) == 0;
    if (!done) return errno_failure("write", path_);
    return sync_folder(folder_);
}

inline result<void> upload_journal::remove() {
    record_.reset();
    const auto held = std::exchange(file_, {});  // nobody else's, as long as it is locked
    if (held && ::unlink(path_.c_str()) != 0) return errno_failure("delete", path_);
    return {};
}

}  // namespace ferry::detail
