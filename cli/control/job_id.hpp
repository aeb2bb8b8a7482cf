#pragma once

#include <ferry/detail/ascii.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

/// An id, or the beginning of one, as jobs have it: people also write it in upper case, and Windows
/// in braces, "{3F2A91C4-…}".
inline std::string plain_id(std::string_view text) {
    if (text.size() > 2 && text.starts_with('{') && text.ends_with('}'))
        text = text.substr(1, text.size() - 2);
    return detail::to_lower(text);
}

}  // namespace ferry::cli
