#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

// What ferry and its helper say to each other: requests and replies over a socket, in order, the
// bytes of files in memory that both have mapped. Both are parts of one installation, so structs go
// over as they are; `version` tells when they are not.

namespace ferry::smb::detail {

inline constexpr std::uint32_t wire_version = 6;

/// The helper's socket and the shared memory, in the places of its standard input and output.
inline constexpr int helper_socket = 0;
inline constexpr int helper_memory = 1;

/// A block is what one read or write moves; the next is under way while we work on one.
inline constexpr std::size_t block_size = 4 << 20;
inline constexpr std::uint32_t slots = 2;
/// Less is not worth a request, unless the server is slow.
inline constexpr std::size_t small_step = 64 << 10;
/// What is asked of a server that nobody knows yet.
inline constexpr std::size_t first_step = 4 << 10;
inline constexpr std::uint32_t longest_text = 64 << 10;
/// What the helper puts into a file of ours at a time: as much as caches hold until it is there.
inline constexpr std::size_t piece_size = 1 << 20;

enum class operation : std::uint32_t {
    connect,   ///< text: host, share, domain, user, password, ticket cache (empty: the usual one);
               ///< offset: port; length: ms of patience
    open,      ///< text: path; for reading; length, slot: read it, if it is no longer than that;
               ///< expected: what a listing has told of it
    create,    ///< text: path; for writing, a file that must not exist
    reopen,    ///< text: path; for reading and writing, a file that exists
    read,      ///< offset, length, slot: from the open file
    output,    ///< text: path here; a file that store puts bytes into, until another one is opened
    store,     ///< offset, length, to: from the open file to the output; stops where that fails
    write,     ///< offset, length, slot: to the open file
    look,      ///< text: path; empty: the open file
    close,     ///< the open file, if there is one
    rename,    ///< text: path, path; replaces what is there
    remove,    ///< text: path
    make,      ///< text: path; a folder
    set_time,  ///< text: path; seconds, microseconds: when it was modified
    list,      ///< text: path; a folder, to be read by names; facts.mode: what it is after all
    names,     ///< slot: gets the next entries; count 0: there are no more
    rights,    ///< text: path; flags: which; slot: gets a wire_rights and what follows it
};

/// How to connect.
enum connect_flags : std::uint32_t {
    by_ticket = 1,     ///< Kerberos, and nothing else
    may_be_guest = 2,  ///< nothing can be signed then
    must_encrypt = 4,
};

/// Which rights are wanted, and which there are.
enum rights_flags : std::uint32_t {
    with_owner = 1,
    with_group = 2,
    with_acl = 4,
    without_rights = 8,  ///< there are none, and why follows
};

/// What the server says of a file.
struct file_facts {
    std::uint64_t size = 0;
    std::uint64_t id = 0;
    std::int64_t modified = 0;  ///< seconds
    std::int64_t changed = 0;
    std::uint32_t modified_ns = 0;
    std::uint32_t changed_ns = 0;
    std::uint32_t mode = 0;  ///< st_mode
    std::uint32_t unused = 0;

    bool operator==(const file_facts&) const = default;
};

struct wire_request {
    std::uint32_t version = wire_version;
    operation what = operation::close;
    std::uint32_t text = 0;  ///< bytes that follow: texts, each with its '\0'
    std::uint32_t flags = 0;
    std::uint32_t slot = 0;
    std::uint32_t microseconds = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t to = 0;  ///< offset in the output
    std::int64_t seconds = 0;
    file_facts expected = {};  ///< size 0: nothing is known
};

/// One entry of a folder in a slot; `bytes` of its name follow.
struct wire_entry {
    file_facts facts = {};
    std::uint32_t bytes = 0;
    std::uint32_t link = 0;  ///< 1: it is one
};

/// The rights of a file, in the terms of this system; its ACL, if it has one, follows.
struct wire_rights {
    std::uint32_t flags = 0;  ///< rights_flags: which of the others mean something
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
    std::uint32_t mode = 0;  ///< permissions; with the ACL
};

/// How far a connection came.
enum class stage : std::uint32_t { name, network, login, share, connected };

struct wire_reply {
    std::int32_t error = 0;  ///< errno
    stage reached = stage::connected;
    /// Bytes moved; open: of the whole file, which is closed again; connect: the helper's process.
    std::uint64_t count = 0;
    file_facts facts = {};  ///< open, create, reopen, look; read, store: of the file afterwards
};

static_assert(std::is_trivially_copyable_v<wire_request> && sizeof(wire_request) == 104);
static_assert(std::is_trivially_copyable_v<wire_reply> && sizeof(wire_reply) == 64);
static_assert(std::is_trivially_copyable_v<wire_entry> && sizeof(wire_entry) == 56);
static_assert(std::is_trivially_copyable_v<wire_rights> && sizeof(wire_rights) == 16);

}  // namespace ferry::smb::detail
