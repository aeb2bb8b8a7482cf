#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/job.hpp>
#include <ferry/url.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::detail {

// Which ends of a job's files are where: that depends on its type.

inline bool is_upload(const job& one) noexcept { return one.type != job_type::download; }

/// The end that need not be on this machine.
inline result<url> remote_end(const job& what, const job_file& file) {
    return parse_location(is_upload(what) ? file.destination : file.source);
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
    switch (what.type) {
        case job_type::download:
            return file.destination;
        case job_type::upload_reply:
            return reply_of(what, file);
        case job_type::upload:
            break;
    }
    return {};
}

}  // namespace ferry::detail
