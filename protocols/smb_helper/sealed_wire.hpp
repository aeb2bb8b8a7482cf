#pragma once

namespace ferry::smb::helper {

/// From now on nothing leaves this process by SMB that is not encrypted, but for what makes a
/// connection. libsmbclient asks for encryption in some cases only (not of a server that has no
/// DFS), and goes on without it where it should not.
void keep_wire_sealed() noexcept;

/// Something was held back.
bool wire_was_open() noexcept;

}  // namespace ferry::smb::helper
