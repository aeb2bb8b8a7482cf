#pragma once

#include <ferry/access.hpp>
#include <ferry/detail/file.hpp>
#include <ferry/smb/detail/wire.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace ferry::smb {
namespace detail {

inline std::string to_text(std::int64_t seconds, std::uint32_t nanoseconds) {
    auto fraction = std::to_string(nanoseconds);
    fraction.insert(0, 9 - fraction.size(), '0');
    return std::to_string(seconds) + "." + fraction;
}

}  // namespace detail

/// A strong validator, as local files have: the change time is part of it because tools set the
/// other one back.
inline validator version_of(const detail::file_facts& facts) {
    validator version;
    version.date = detail::to_text(facts.modified, facts.modified_ns);
    version.tag = std::to_string(facts.id) + ":" + std::to_string(facts.size) + ":" + version.date +
                  ":" + detail::to_text(facts.changed, facts.changed_ns);
    return version;
}

inline object_info describe_file(const detail::file_facts& facts, url location) {
    object_info info;
    info.size = facts.size;
    info.version = version_of(facts);
    info.ranges = true;
    info.modified = ferry::detail::to_time_point({facts.modified, facts.modified_ns});
    info.location = std::move(location);
    return info;
}

}  // namespace ferry::smb
