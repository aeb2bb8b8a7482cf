#include "cli/control/child_environment.hpp"

#include <ferry/detail/ascii.hpp>

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace ferry::cli {
namespace {

/// A password of ours, or a proxy with one.
bool holds_secret(std::string_view name, std::string_view value) {
    if (name.starts_with("FERRY_") && name.ends_with("_PASSWORD")) return true;
    return detail::to_lower(name).ends_with("_proxy") && value.find('@') != value.npos;
}

}  // namespace

std::vector<std::string> environment_with(const variables& extra) {
    const auto replaced = [&](std::string_view name) {
        const auto same = [&](const auto& one) { return one.first == name; };
        return std::any_of(extra.begin(), extra.end(), same);
    };
    std::vector<std::string> all;
    for (auto one = environ; *one; ++one) {
        const std::string_view text(*one);
        const auto name = text.substr(0, text.find('='));
        if (!replaced(name) && !holds_secret(name, text.substr(name.size())))
            all.emplace_back(text);
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
