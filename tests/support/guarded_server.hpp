#pragma once

#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ferry::test {

/// Apache on a free port of 127.0.0.1, whose folders are for "ann" with the password "top secret"
/// alone: /basic/, /digest/, and, each if there are keys for it, /negotiate/ (a keytab of
/// HTTP/localhost), /either/ (the same, or her password at the KDC by Basic), and /ntlm/ (by
/// gss-ntlmssp; ann of the domain TEST); /bearer/ is for whoever has the token "the.token~42". It
/// ends with the object, and with us.
class guarded_server {
  public:
    explicit guarded_server(std::filesystem::path keytab = {});

    /// The same documents are in every folder.
    void publish(const std::string& name, std::string_view content) const;
    /// "http://localhost:PORT/path"
    std::string url(std::string_view path) const;
    /// One line a request: "path status user connection-id".
    std::string log() const;

  private:
    std::string configuration() const;
    void start();

    temp_dir folder_;
    std::filesystem::path keytab_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
