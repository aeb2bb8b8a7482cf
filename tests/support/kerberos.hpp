#pragma once

#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace ferry::test {

/// A Kerberos realm of its own, FERRY.TEST, whose KDC listens on a free port of 127.0.0.1 and ends
/// with the object, and with us. From its constructor on, this process belongs to the realm
/// (KRB5_CONFIG) and has no ticket (KRB5CCNAME).
class kerberos_realm {
  public:
    kerberos_realm();

    /// Who may ask for tickets: name@FERRY.TEST.
    void add_user(const std::string& name, const std::string& password);
    /// A service, "HTTP/localhost"; its keys, readable for everybody.
    std::filesystem::path add_service(const std::string& name);

    /// Fills our ticket cache.
    void log_in(const std::string& name, const std::string& password);
    /// Removes it.
    void log_out();
    /// Puts something else in its place.
    void spoil_tickets();
    /// Ends the KDC.
    void close();

  private:
    void configure();
    void start();
    void administer(const std::string& command) const;
    process_options environment() const;

    temp_dir folder_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> kdc_;
};

}  // namespace ferry::test
