#pragma once

#include <ferry/protocol.hpp>

#include <functional>
#include <memory>

namespace ferry::cli {

/// Says what a folder holds. Blocks. Errors: as protocol::list_folder().
using folder_lister = std::function<result<folder_listing>(const url&)>;

/// For folders of this machine; all others are errc::unsupported.
result<folder_listing> list_local_folder(const url& folder);

/// For folders of every protocol, with the connections that it needs; it keeps them.
/// @param access  Who we are there, and how servers are reached. Null: list_local_folder().
folder_lister lister_with(std::shared_ptr<const access_options> access);

}  // namespace ferry::cli
