#pragma once

#include <cstddef>

namespace ferry::cli {

/// Raises the limit of open files to what the administrator allows.
/// @return  That limit.
std::size_t raise_open_files() noexcept;

}  // namespace ferry::cli
