#pragma once

#include <ferry/result.hpp>

#include <string>

namespace ferry::cli {

/// Where ferry keeps what outlives a command: FERRY_HOME, else the folders of XDG (all absolute).
struct home {
    std::string state = {};   ///< folder: jobs/, daemon.log, daemon.lock, limit.json, key
    std::string run = {};     ///< folder: control.sock, crashes; goes with the user's last session
    std::string config = {};  ///< file: config.json

    std::string jobs() const { return state + "/jobs"; }
    std::string uploads() const;  ///< folder: what uploads need to go on
    std::string log() const { return state + "/daemon.log"; }
    std::string limit() const { return state + "/limit.json"; }
    std::string key() const { return state + "/key"; }
    std::string socket() const { return run + "/control.sock"; }
    std::string lock() const { return state + "/daemon.lock"; }
    std::string crashes() const { return run + "/crashes"; }
};

/// Looks at the environment only. A relative path means nothing in XDG's variables, and is one from
/// the current folder in FERRY_HOME.
/// Errors: errc::bad_argument if it names no absolute folder, or one whose socket's name would be
///   too long (sun_path: 107 bytes). The detail is the line for the user.
result<home> find_home();

/// Makes the folders `state` and `run`, and what leads to them, for us alone (mode 0700).
/// Errors: any errno; EACCES also for a folder of another user, or that others can write to.
result<void> make_folders(const home& where);

}  // namespace ferry::cli
