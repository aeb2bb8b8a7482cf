#pragma once

#include "cli/sources/local_folders.hpp"

#include <ferry/protocol.hpp>
#include <ferry/retry.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace ferry::cli {

struct world_loop;
using shared_loop = std::shared_ptr<world_loop>;

/// Says what a folder holds. Blocks. Errors: as protocol::list_folder().
using folder_lister = std::function<result<folder_listing>(const url&)>;

/// For folders of this machine; all others are errc::unsupported.
result<folder_listing> list_local_folder(const url& folder);

/// How servers are asked about their folders.
struct folder_asking {
    std::shared_ptr<const access_options> access = {};  ///< who we are there, how they are reached
    retry_policy retry = {.give_up = {}};  ///< while one is away, or has too much to do
    bool quiet = false;                    ///< says nothing of that
    shared_loop loop = {};                 ///< on which that happens; null: one of its own
};

/// For folders of every protocol, with the connections that it needs; it keeps them.
/// @param how  Without access: list_local_folder().
folder_lister lister_with(folder_asking how);

/// A folder of a server that is to be made.
struct server_folder {
    url where = {};
    bool empty = false;  ///< no file is to come into it or into the folders in it
};

/// Folders that are to be made before the files come that belong into them, the outer ones first.
struct wanted_folders {
    std::vector<local_folder> here = {};
    std::vector<server_folder> there = {};
};

/// How the folders of servers are made.
struct folder_making {
    folder_asking asking = {};  ///< with access, if there are any
    bool parents = false;       ///< what the first ones lie in, too
};

/// Makes those that are not there. Blocks.
/// @return  Why empty ones are missing now: on servers that make no folders, but for those that
///   their files bring with them.
/// Errors: as the other make_folders(), and as protocol::make_folder().
result<std::vector<failure>> make_folders(const wanted_folders& folders, const folder_making& how);

}  // namespace ferry::cli
