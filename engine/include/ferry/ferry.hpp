#pragma once

/// All of ferry: jobs, transfers, and the protocols that come with it.

#include <ferry/engine.hpp>
#include <ferry/http/protocol.hpp>
#include <ferry/local/protocol.hpp>
#include <ferry/network_watch.hpp>
#include <ferry/smb/protocol.hpp>
#include <ferry/standard_environment.hpp>
#include <ferry/transfer.hpp>
#include <ferry/upload.hpp>
