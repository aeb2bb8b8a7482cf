#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// "did you mean a, b?": those of the names that are nearest to what somebody wrote, with a slip or
/// two, or only their beginning; in any case. Empty if none is near.
std::string did_you_mean(const std::vector<std::string>& names, std::string_view wanted);

/// A dash that only looks like a hyphen, as documents have it: U+2013, U+2014, U+2015.
/// @return  Its bytes at the beginning of the text; 0: there is none.
std::size_t typographic_dash(std::string_view text) noexcept;

/// What is wrong with a word that begins so: its name, and what to write.
std::string about_dash(std::string_view word);

}  // namespace ferry::cli
