#pragma once

#include <ferry/environment.hpp>

#include <support/files.hpp>
#include <support/loop.hpp>

namespace ferry::test {

/// All that transfers share, in virtual time; protocols are for others to add.
struct transfer_world {
    test::loop loop;
    test::temp_dir dir;
    disk_pool disk{2};
    rate_limit rate{loop.time};
    publisher publishing{loop.io.get_executor(), disk};
    host_gates gates;
    protocol_set protocols;
    environment world{loop.time, protocols, disk, rate, publishing, gates, [] { return 0.5; }};
};

}  // namespace ferry::test
