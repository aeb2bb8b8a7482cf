#pragma once

#include <ferry/detail/uuid.hpp>

#include <string>

namespace ferry::cli {

using detail::random_uuid;  ///< what a job is called by

/// The name of the user we run as, or the number where there is no name.
std::string user_name();

}  // namespace ferry::cli
