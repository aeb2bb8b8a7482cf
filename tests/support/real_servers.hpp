#pragma once

#include <support/certificates.hpp>
#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ferry::test {

enum class software { nginx, apache, lighttpd, python };

std::string_view to_string(software kind);
/// Python's http.server knows no ranges and no ETag.
bool has_ranges(software kind);

/// A web server on two free ports of 127.0.0.1, HTTP and HTTPS, with configuration, documents and
/// logs in a temporary folder. Its certificate is for localhost and 127.0.0.1, by default. It ends
/// with the object, and with us.
class real_server {
  public:
    explicit real_server(software kind, certificate_claims claims = {});

    /// Where the documents are.
    std::filesystem::path root() const { return folder_ / "root"; }
    /// nginx and Apache: where uploads to /dav/ end up; nginx: and those to /store/, which takes
    /// PUT alone and makes the folders of its files.
    std::filesystem::path uploads() const { return root() / "dav"; }
    /// "http://localhost:PORT/path"
    std::string url(std::string_view path) const;
    std::string https_url(std::string_view path, std::string_view host = "localhost") const;
    /// For --ca-file.
    std::string ca_file() const { return authority_.file().string(); }
    /// nginx only: bytes of bodies that it has sent so far, by its own account; it writes the line
    /// when a request ends.
    std::uint64_t body_bytes_sent() const;

    software kind() const noexcept { return kind_; }

  private:
    std::string configuration(const tls_identity& identity) const;
    std::vector<std::string> command(const std::filesystem::path& configuration) const;
    void start(const certificate_claims& claims);

    software kind_;
    temp_dir folder_;
    certificate_authority authority_;
    std::uint16_t http_ = 0;
    std::uint16_t https_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
