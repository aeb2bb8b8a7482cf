#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ferry::cli {

/// Names and values, on top of our own environment.
using variables = std::vector<std::pair<std::string, std::string>>;

/// Our environment as others may have it: with `extra`, and without secrets: FERRY_PASSWORD,
/// FERRY_PROXY_PASSWORD and their like, and http_proxy and its like where they name a user.
std::vector<std::string> environment_with(const variables& extra);

/// The same texts as exec(3) wants its arguments and environment; good for as long as they are.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace ferry::cli
