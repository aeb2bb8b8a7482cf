#pragma once

#include <string_view>

namespace ferry::cli {

/// Whether the whole of `text` looks like `pattern`, where '*' is any text and '?' any single
/// character. All else is itself; case counts.
bool matches(std::string_view pattern, std::string_view text) noexcept;

/// Whether there is a '*' or '?' in it.
bool is_pattern(std::string_view text) noexcept;

}  // namespace ferry::cli
