#include <support/strict_server.hpp>

#include <support/fill_in.hpp>
#include <support/ports.hpp>

#include <stdexcept>
#include <vector>

namespace ferry::test {
namespace {

constexpr std::string_view nginx_pattern = R"(
daemon off;
master_process off;
pid @FOLDER@/pid;
error_log @FOLDER@/error.log;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path @FOLDER@/tmp;
    proxy_temp_path @FOLDER@/tmp;
    fastcgi_temp_path @FOLDER@/tmp;
    uwsgi_temp_path @FOLDER@/tmp;
    scgi_temp_path @FOLDER@/tmp;
    server {
        listen 127.0.0.1:@PORT@ ssl;
        ssl_certificate @CERTIFICATE@;
        ssl_certificate_key @KEY@;
        ssl_verify_client on;
        ssl_client_certificate @AUTHORITY@;
        root @FOLDER@/root;
    }
}
)";

constexpr std::string_view apache_pattern = R"(
ServerRoot @FOLDER@
ServerName localhost
PidFile @FOLDER@/pid
ErrorLog @FOLDER@/error.log
DefaultRuntimeDir @FOLDER@
Mutex file:@FOLDER@ default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
Listen 127.0.0.1:@PORT@
DocumentRoot @FOLDER@/root
User www-data
Group www-data
SSLEngine on
SSLCertificateFile @CERTIFICATE@
SSLCertificateKeyFile @KEY@
SSLCACertificateFile @AUTHORITY@
)";

constexpr std::string_view apache_demand = "SSLVerifyClient require\n";
constexpr std::string_view apache_demand_by_path = R"(
<Location /file>
    SSLVerifyClient require
</Location>
)";

std::string pattern_for(strict_software kind) {
    if (kind == strict_software::nginx) return std::string(nginx_pattern);
    const bool by_path = kind == strict_software::apache_by_path;
    return std::string(apache_pattern).append(by_path ? apache_demand_by_path : apache_demand);
}

}  // namespace

strict_server::strict_server(strict_software kind)
    : kind_(kind), authority_(folder_), identity_(authority_.issue("server")) {
    namespace fs = std::filesystem;
    fs::permissions(folder_, fs::perms(0755));  // Apache, started as root, reads as somebody else
    fs::create_directory(root());
    fs::create_directory(folder_ / "tmp");
    start();
}

std::string strict_server::configuration() const {
    return fill_in(
        pattern_for(kind_), {{"@FOLDER@", folder_.path().string()},
                             {"@PORT@", std::to_string(port_)},
                             {"@CERTIFICATE@", identity_.certificate.string()},
                             {"@KEY@", identity_.key.string()},
                             {"@AUTHORITY@", authority_.file().string()}});
}

void strict_server::start() {
    const auto file = (folder_ / "configuration").string();
    const auto log = (folder_ / "error.log").string();
    const auto command = kind_ == strict_software::nginx
                             ? std::vector<std::string>{"/usr/sbin/nginx", "-e", log, "-c", file}
                             : std::vector<std::string>{"/usr/sbin/apache2", "-X", "-f", file};
    constexpr int most = 3;  // somebody else may take the port before the server does
    for (int i = 0; i < most; ++i) {
        port_ = free_port();
        spill(file, configuration());
        running_ = std::make_unique<process>(command);
        if (comes_up(*running_, {port_})) return;
    }
    throw std::runtime_error(
        command.front() + " does not start: " + running_->out() + running_->err());
}

std::string strict_server::url(std::string_view path) const {
    return "https://localhost:" + std::to_string(port_) + std::string(path);
}

}  // namespace ferry::test
