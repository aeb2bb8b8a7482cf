#pragma once

#include <string>

namespace ferry::cli {

/// A random UUID (RFC 9562, version 4): what a job is called by.
std::string random_uuid();

/// The name of the user we run as, or the number where there is no name.
std::string user_name();

}  // namespace ferry::cli
