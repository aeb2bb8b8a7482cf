#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::test {

/// A configuration with each of its @WORDS@ replaced by what it stands for.
inline std::string fill_in(
    std::string_view pattern,
    std::initializer_list<std::pair<std::string_view, std::string>> words) {
    std::string text(pattern);
    for (const auto& [word, meaning] : words)
        for (auto at = text.find(word); at != text.npos; at = text.find(word, at + meaning.size()))
            text.replace(at, word.size(), meaning);
    return text;
}

}  // namespace ferry::test
