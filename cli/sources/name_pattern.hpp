#pragma once

#include <string_view>

namespace ferry::cli {

/// Whether there is a '*', '?' or '[' in it.
bool has_wildcard(std::string_view text) noexcept;

/// How a name is compared with a pattern.
enum class letter_case { counts, ignored };  ///< ignored: of ASCII letters

/// Whether the whole of a file's name looks like `pattern`: '*' is any text, '?' any character,
/// [a-c] one of these and [!x] none of those; behind '\' each of them is itself, as is a '[' that
/// nothing closes. Characters are UTF-8; a byte that is none counts as one. That a leading dot
/// hides a name is not looked at.
bool fits(
    std::string_view pattern, std::string_view name,
    letter_case how = letter_case::counts) noexcept;

}  // namespace ferry::cli
