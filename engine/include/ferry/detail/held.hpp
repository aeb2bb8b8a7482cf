#pragma once

#include <ferry/partial.hpp>

#include <string>

namespace ferry::detail {

/// The partial of `to`, if it holds a whole file that was verified.
inline result<partial> whole_partial(const std::string& to) {
    const failure missing{
        errc::not_found, "what was held for " + to + " is gone, and has to be fetched again",
        error_context::local_file};
    auto opened = partial::open(partial_of(to));
    if (!opened) return opened.error();
    if (!*opened || !(*opened)->record()) return missing;
    const auto& record = *(*opened)->record();
    if (!record.verified || !record.size || record.durable.total() != *record.size) return missing;
    return **std::move(opened);
}

}  // namespace ferry::detail
