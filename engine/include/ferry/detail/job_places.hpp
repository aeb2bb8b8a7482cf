#pragma once

#include <ferry/detail/ascii.hpp>
#include <ferry/detail/file.hpp>
#include <ferry/job.hpp>
#include <ferry/url.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::detail {

// Which ends of a job's files are where: that depends on its type.

inline bool is_upload(const job& one) noexcept { return one.type != job_type::download; }

/// Not a file of this machine.
inline bool is_elsewhere(std::string_view place) {
    if (looks_like_unc(place)) return true;
    return looks_like_url(place) && to_lower(place.substr(0, 5)) != "file:";
}

/// From one server to another: its bytes only pass through here.
inline bool is_relayed(const job_file& file) {
    return is_elsewhere(file.source) && is_elsewhere(file.destination);
}

/// Its bytes are given to a server, which gives the file its name once it has all of them.
inline bool is_sent(const job& what, const job_file& file) {
    return is_upload(what) || is_elsewhere(file.destination);
}

/// The end that need not be on this machine.
inline result<url> remote_end(const job& what, const job_file& file) {
    return parse_location(is_upload(what) ? file.destination : file.source);
}

/// The ends that are not, in no order; what cannot be parsed is none.
inline std::vector<url> servers_of(const job_file& file) {
    std::vector<url> all;
    for (const auto& place : {file.source, file.destination})
        if (auto where = parse_location(place); where && where->scheme != "file")
            all.push_back(*std::move(where));
    return all;
}

inline bool is_url(std::string_view text) { return text.find("://") != text.npos; }

/// One spelling for each place that a file may go to.
inline std::string place_of(const job_file& file) {
    if (!is_url(file.destination))
        return std::filesystem::path(file.destination).lexically_normal().string();
    return file.destination.ends_with('/') ? file.destination + name_of(file.source)
                                           : file.destination;
}

/// What a job without a name is called: as its first file on this machine; empty: none has one yet.
inline std::string name_after_first(job_type type, const std::vector<job_file>& files) {
    if (files.empty()) return {};
    const auto& first = files.front();
    return name_of(type == job_type::download ? first.destination : first.source);
}

/// The reply of a job of type upload_reply; by default beside what is uploaded (BITS).
inline std::string reply_of(const job& what, const job_file& file) {
    const auto& asked = what.settings.reply_file;
    return asked.empty() ? file.source + ".reply" : asked;
}

/// The file that waits for its name until the job is completed; empty: none does.
inline std::string arrival_of(const job& what, const job_file& file) {
    if (what.type == job_type::upload_reply) return reply_of(what, file);
    return is_sent(what, file) ? std::string() : file.destination;
}

}  // namespace ferry::detail
