#pragma once

#include <ferry/error.hpp>

#include <string>
#include <utility>

namespace ferry::cli {

/// What the user wrote cannot be used; `why` names it and says what to write instead.
inline failure wrong(std::string why) { return {errc::bad_argument, std::move(why)}; }

}  // namespace ferry::cli
