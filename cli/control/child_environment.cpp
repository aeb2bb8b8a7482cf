#include "cli/control/child_environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace ferry::cli {

std::vector<std::string> environment_with(const variables& extra) {
    const auto hidden = [&](std::string_view name) {
        const auto same = [&](const auto& one) { return one.first == name; };
        return name == "FERRY_PASSWORD" || std::any_of(extra.begin(), extra.end(), same);
    };
    std::vector<std::string> all;
    for (auto one = environ; *one; ++one) {
        const std::string_view text(*one);
        if (!hidden(text.substr(0, text.find('=')))) all.emplace_back(text);
    }
    for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace ferry::cli
