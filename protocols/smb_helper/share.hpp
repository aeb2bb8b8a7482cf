#pragma once

#include <ferry/smb/detail/wire.hpp>

#include <libsmbclient.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::smb::helper {

using detail::file_facts;
using detail::operation;
using detail::stage;
using detail::wire_reply;
using detail::wire_request;

/// One share of one server, by libsmbclient; at most one of its files is open. Blocking.
class share {
  public:
    /// @param memory  What read and write move bytes to and from, all slots.
    explicit share(std::span<std::byte> memory) : memory_(memory) {}

    /// Does what is asked for.
    wire_reply answer(const wire_request& asked, const std::vector<std::string>& texts);
    /// Does what nobody waits for. To be called when the reply is on its way.
    void tidy();

  private:
    static void give_login(
        SMBCCTX* context, const char* server, const char* share, char* domain, int domain_size,
        char* user, int user_size, char* password, int password_size);
    static int note_connection(
        SMBCCTX* context, SMBCSRV* server, const char* name, const char* share, const char* domain,
        const char* user);
    static void note_message(void* self, int level, const char* message);

    wire_reply connect(const wire_request& asked, const std::vector<std::string>& texts);
    bool configure(const wire_request& asked);
    bool open_file(const std::string& path, int flags);
    wire_reply open(const std::string& path, int flags);
    wire_reply fetch(const wire_request& asked, const std::string& path);
    wire_reply read(const wire_request& asked);
    wire_reply write(const wire_request& asked);
    wire_reply open_output(const std::string& path);
    wire_reply store(const wire_request& asked);
    void close_output();
    wire_reply look(const std::string& path);
    wire_reply close();
    wire_reply list(const std::string& path);
    wire_reply names(const wire_request& asked);
    bool read_entry();
    wire_reply set_time(const wire_request& asked, const std::string& path);
    wire_reply rights(const wire_request& asked, const std::string& path);

    std::span<std::byte> block(const wire_request& asked) const;
    bool go_to(std::uint64_t offset);
    wire_reply facts() const;
    std::string url(std::string_view path) const;
    wire_reply failed() const;
    wire_reply outcome(int returned) const;
    bool lives() const;

    struct entry {
        detail::wire_entry about = {};
        std::string name = {};
    };

    std::span<std::byte> memory_;
    SMBCCTX* context_ = nullptr;  // for as long as this process lives
    SMBCFILE* file_ = nullptr;
    bool read_whole_ = false;  // nobody wants it any more
    int output_ = -1;
    std::vector<std::byte> piece_;  // on its way to the output
    SMBCFILE* folder_ = nullptr;    // that is being listed
    std::optional<entry> next_;     // of it
    smbc_add_cached_srv_fn add_server_ = nullptr;
    std::string host_;
    std::string share_;
    std::string domain_;
    std::string user_;
    std::string password_;
    stage reached_ = stage::network;
    bool lost_ = false;     // the connection ended while we logged in
    std::string known_[4];  // what libsmbclient knows it by: host, share, domain, user
};

}  // namespace ferry::smb::helper
