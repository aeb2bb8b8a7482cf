#pragma once

#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

struct tus_setup {
    std::string path = "/files";  ///< where uploads are made
    bool relative = false;        ///< Location is a path
    std::uint64_t max_size = 0;   ///< bytes; 0: any
    std::string checksum = {};    ///< what Tus-Checksum-Algorithm says; empty: it verifies nothing
};

/// The tus server of the people who made tus (npm: @tus/server), on a free port of 127.0.0.1, with
/// its uploads in a temporary folder. It ends with the object, and with us.
class tus_server {
  public:
    explicit tus_server(tus_setup how = {});

    std::uint16_t port() const noexcept { return port_; }
    /// "http://127.0.0.1:PORT/path"
    std::string url(std::string_view path) const;
    void kill();
    /// After kill(), on the same port.
    void start();

    /// The names of all uploads, whole or not.
    std::vector<std::string> uploads() const;
    /// What has arrived of an upload.
    std::string bytes_of(const std::string& upload) const;
    std::uint64_t size_of(const std::string& upload) const;
    /// What was said to be its file name.
    std::string name_of(const std::string& upload) const;
    /// A line for each request since start(): "PATCH 204 -".
    std::vector<std::string> log() const;

  private:
    tus_setup how_;
    temp_dir folder_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
