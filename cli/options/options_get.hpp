#pragma once

#include "cli/options/options_direct.hpp"
#include "cli/sources/find_options.hpp"

#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ferry::cli {

/// What `ferry get` was asked for.
struct get_options : direct_options {
    std::vector<std::string> sources = {};
    std::string file = {};        ///< -o
    std::string directory = {};   ///< -d
    std::string input_file = {};  ///< -i; "-": standard input
    bool named_by_server = false;
    find_options find = {};
    std::optional<url> share = {};  ///< where the files go; see take_share()
};

/// Parses the arguments after "get". A failure's detail is the line for the user.
result<get_options> parse_get_options(std::vector<std::string> arguments);

std::string get_help();

}  // namespace ferry::cli
