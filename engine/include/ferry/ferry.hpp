#pragma once

/// All of ferry: the transfer engine and the protocols that come with it.

#include <ferry/http/protocol.hpp>
#include <ferry/local/protocol.hpp>
#include <ferry/standard_environment.hpp>
#include <ferry/transfer.hpp>
