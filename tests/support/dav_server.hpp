#pragma once

#include <support/certificates.hpp>
#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

enum class dav_software { nginx, apache };

/// A web server that takes uploads, on two free ports of 127.0.0.1 (HTTP and HTTPS), with all its
/// files in a temporary folder. It ends with the object, and with us.
/// nginx: PUT and MKCOL, folders not made by themselves. Apache: WebDAV; /basic/, /digest/ and, if
/// there is a keytab of HTTP/localhost, /negotiate/ and (NTLM) /ntlm/ are for user "ann" with
/// password "top secret" alone; /moved/ leads to the same place by HTTPS. /small/ takes no more
/// than 1,000 bytes.
class dav_server {
  public:
    explicit dav_server(dav_software kind, std::filesystem::path keytab = {});

    /// Where the documents are.
    std::filesystem::path root() const { return folder_ / "root"; }
    std::string url(std::string_view path, bool secure = false) const;
    /// For --ca-file.
    std::string ca_file() const { return authority_.file().string(); }
    /// At once, in the middle of whatever it does.
    void kill() { running_.reset(); }
    /// Again, on the same ports.
    void restart();
    /// One line a request: "METHOD path status".
    std::string log() const { return slurp(folder_ / "access.log"); }
    /// Of the documents, those whose upload is not done: hidden ones.
    std::vector<std::filesystem::path> partials() const;

  private:
    std::string configuration(const tls_identity& identity) const;
    std::vector<std::string> command() const;
    bool start();
    void make_lock_database() const;

    dav_software kind_;
    temp_dir folder_;
    std::filesystem::path keytab_;
    certificate_authority authority_;
    std::uint16_t http_ = 0;
    std::uint16_t https_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
