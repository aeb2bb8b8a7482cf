#include <support/real_servers.hpp>

#include <support/fill_in.hpp>
#include <support/ports.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace ferry::test {
namespace {

constexpr std::string_view nginx_configuration = R"(
daemon off;
master_process off;
pid @FOLDER@/pid;
error_log @FOLDER@/error.log;
events { worker_connections 512; }
http {
    log_format bytes '$body_bytes_sent';
    access_log @FOLDER@/access.log bytes;
    client_body_temp_path @FOLDER@/tmp;
    proxy_temp_path @FOLDER@/tmp;
    fastcgi_temp_path @FOLDER@/tmp;
    uwsgi_temp_path @FOLDER@/tmp;
    scgi_temp_path @FOLDER@/tmp;
    default_type application/octet-stream;
    keepalive_requests 100000;
    server {
        listen 127.0.0.1:@HTTP@;
        listen 127.0.0.1:@HTTPS@ ssl;
        ssl_certificate @CERTIFICATE@;
        ssl_certificate_key @KEY@;
        root @ROOT@;
        location /dav/ {
            dav_methods PUT MKCOL DELETE;
            client_max_body_size 0;
        }
        location /store/ {
            alias @ROOT@/dav/;
            dav_methods PUT;
            create_full_put_path on;
        }
        location = /400 { return 400; }
        location = /401 { return 401; }
        location = /403 { return 403; }
        location = /410 { return 410; }
        location = /503 { return 503; }
        location = /moved { return 302 /file; }
        location = /loop { return 302 /loop; }
    }
}
)";

constexpr std::string_view apache_configuration = R"(
ServerRoot @FOLDER@
ServerName localhost
PidFile @FOLDER@/pid
ErrorLog @FOLDER@/error.log
DefaultRuntimeDir @FOLDER@
Mutex file:@FOLDER@ default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule dav_module /usr/lib/apache2/modules/mod_dav.so
LoadModule dav_fs_module /usr/lib/apache2/modules/mod_dav_fs.so
DavLockDB @FOLDER@/tmp/locks
<Location /dav>
    Dav On
</Location>
KeepAliveTimeout 60
Listen 127.0.0.1:@HTTP@
Listen 127.0.0.1:@HTTPS@
DocumentRoot @ROOT@
User www-data
Group www-data
<VirtualHost 127.0.0.1:@HTTPS@>
    SSLEngine on
    SSLCertificateFile @CERTIFICATE@
    SSLCertificateKeyFile @KEY@
</VirtualHost>
)";

constexpr std::string_view lighttpd_configuration = R"(
server.modules = ("mod_openssl")
server.bind = "127.0.0.1"
server.port = @HTTP@
server.document-root = "@ROOT@"
server.errorlog = "@FOLDER@/error.log"
mimetype.assign = ("" => "application/octet-stream")
server.stat-cache-engine = "disable"
server.max-keep-alive-idle = 60
$SERVER["socket"] == "127.0.0.1:@HTTPS@" {
    ssl.engine = "enable"
    ssl.pemfile = "@CERTIFICATE@"
    ssl.privkey = "@KEY@"
}
)";

/// What `python3 -m http.server` runs, on both ports.
constexpr std::string_view python_program = R"(
import functools, http.server, ssl, threading
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="@ROOT@")
plain = http.server.ThreadingHTTPServer(("127.0.0.1", @HTTP@), handler)
secure = http.server.ThreadingHTTPServer(("127.0.0.1", @HTTPS@), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("@CERTIFICATE@", "@KEY@")
secure.socket = context.wrap_socket(secure.socket, server_side=True)
threading.Thread(target=secure.serve_forever, daemon=True).start()
plain.serve_forever()
)";

std::string_view pattern_for(software kind) {
    switch (kind) {
        case software::nginx:
            return nginx_configuration;
        case software::apache:
            return apache_configuration;
        case software::lighttpd:
            return lighttpd_configuration;
        case software::python:
            return python_program;
    }
    throw std::logic_error("no such server");
}

}  // namespace

std::string_view to_string(software kind) {
    switch (kind) {
        case software::nginx:
            return "nginx";
        case software::apache:
            return "Apache";
        case software::lighttpd:
            return "lighttpd";
        case software::python:
            return "python3 -m http.server";
    }
    return "?";
}

bool has_ranges(software kind) { return kind != software::python; }

real_server::real_server(software kind, certificate_claims claims)
    : kind_(kind), authority_(folder_) {
    namespace fs = std::filesystem;
    fs::permissions(folder_, fs::perms(0755));  // Apache, started as root, reads as somebody else
    fs::create_directory(root());
    for (const auto& written : {uploads(), folder_ / "tmp"}) {  // and writes so
        fs::create_directory(written);
        fs::permissions(written, fs::perms(0777));
    }
    start(claims);
}

std::string real_server::configuration(const tls_identity& identity) const {
    return fill_in(
        pattern_for(kind_), {{"@FOLDER@", folder_.path().string()},
                             {"@ROOT@", root().string()},
                             {"@HTTP@", std::to_string(http_)},
                             {"@HTTPS@", std::to_string(https_)},
                             {"@CERTIFICATE@", identity.certificate.string()},
                             {"@KEY@", identity.key.string()}});
}

std::vector<std::string> real_server::command(const std::filesystem::path& configuration) const {
    switch (kind_) {
        case software::nginx:
            return {"/usr/sbin/nginx", "-e", folder_ / "error.log", "-c", configuration};
        case software::apache:
            return {"/usr/sbin/apache2", "-X", "-f", configuration};
        case software::lighttpd:
            return {"/usr/sbin/lighttpd", "-D", "-f", configuration};
        case software::python:
            return {"python3", configuration};
    }
    return {};
}

void real_server::start(const certificate_claims& claims) {
    const auto identity = authority_.issue("server", claims);
    const auto file = folder_ / "configuration";
    constexpr int most = 3;  // somebody else may take a port before the server does
    for (int i = 0; i < most; ++i) {
        std::tie(http_, https_) = two_free_ports();
        spill(file, configuration(identity));
        running_ = std::make_unique<process>(command(file));
        if (comes_up(*running_, {http_, https_})) return;
    }
    throw std::runtime_error(
        std::string(to_string(kind_)) + " does not start: " + running_->out() + running_->err());
}

std::string real_server::url(std::string_view path) const {
    return "http://localhost:" + std::to_string(http_) + std::string(path);
}

std::string real_server::https_url(std::string_view path, std::string_view host) const {
    return "https://" + std::string(host) + ":" + std::to_string(https_) + std::string(path);
}

std::uint64_t real_server::body_bytes_sent() const {
    std::ifstream log(folder_ / "access.log");
    std::uint64_t sum = 0;
    for (std::uint64_t one = 0; log >> one;) sum += one;
    return sum;
}

}  // namespace ferry::test
