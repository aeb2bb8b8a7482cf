#include <support/dav_server.hpp>

#include <support/fill_in.hpp>
#include <support/ports.hpp>

#include <stdexcept>
#include <tuple>

namespace ferry::test {
namespace {

constexpr std::string_view nginx_pattern = R"(
daemon off;
master_process off;
pid @FOLDER@/pid;
error_log @FOLDER@/error.log;
events { worker_connections 512; }
http {
    log_format plain '$request_method $uri $status';
    access_log @FOLDER@/access.log plain;
    client_body_temp_path @FOLDER@/tmp;
    proxy_temp_path @FOLDER@/tmp;
    fastcgi_temp_path @FOLDER@/tmp;
    uwsgi_temp_path @FOLDER@/tmp;
    scgi_temp_path @FOLDER@/tmp;
    default_type application/octet-stream;
    server {
        listen 127.0.0.1:@HTTP@;
        listen 127.0.0.1:@HTTPS@ ssl;
        ssl_certificate @CERTIFICATE@;
        ssl_certificate_key @KEY@;
        root @ROOT@;
        dav_methods PUT MKCOL;
        create_full_put_path off;
        client_max_body_size 0;
        location /small/ { client_max_body_size 1000; }
    }
}
)";

constexpr std::string_view apache_pattern = R"(
ServerRoot @FOLDER@
ServerName localhost
PidFile @FOLDER@/pid
ErrorLog @FOLDER@/error.log
LogFormat "%m %U %>s" plain
DefaultRuntimeDir @FOLDER@
Mutex file:@FOLDER@ default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule auth_digest_module /usr/lib/apache2/modules/mod_auth_digest.so
LoadModule auth_gssapi_module /usr/lib/apache2/modules/mod_auth_gssapi.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule dav_module /usr/lib/apache2/modules/mod_dav.so
LoadModule dav_fs_module /usr/lib/apache2/modules/mod_dav_fs.so
CustomLog @FOLDER@/access.log plain
KeepAliveTimeout 60
MaxKeepAliveRequests 0
DavLockDB @FOLDER@/tmp/locks
Listen 127.0.0.1:@HTTP@
Listen 127.0.0.1:@HTTPS@
DocumentRoot @ROOT@
User www-data
Group www-data
<Location />
    Dav On
</Location>
<Location /small/>
    LimitRequestBody 1000
</Location>
<Location /basic/>
    AuthType Basic
    AuthName "the basic files"
    AuthUserFile @FOLDER@/basic
    Require valid-user
</Location>
<Location /digest/>
    AuthType Digest
    AuthName "the digest files"
    AuthDigestProvider file
    AuthUserFile @FOLDER@/digest
    Require valid-user
</Location>
<VirtualHost 127.0.0.1:@HTTP@>
    Redirect 301 /moved/ https://localhost:@HTTPS@/
</VirtualHost>
<VirtualHost 127.0.0.1:@HTTPS@>
    SSLEngine on
    SSLCertificateFile @CERTIFICATE@
    SSLCertificateKeyFile @KEY@
</VirtualHost>
)";

constexpr std::string_view gss_pattern = R"(
<Location /negotiate/>
    AuthType GSSAPI
    AuthName "the negotiated files"
    GssapiAllowedMech krb5
    GssapiCredStore keytab:@KEYTAB@
    GssapiCredStore client_keytab:@KEYTAB@
    Require valid-user
</Location>
<Location /ntlm/>
    AuthType GSSAPI
    AuthName "the ntlm files"
    GssapiAllowedMech ntlmssp
    GssapiConnectionBound On
    Require valid-user
</Location>
)";

}  // namespace

dav_server::dav_server(dav_software kind, std::filesystem::path keytab)
    : kind_(kind), keytab_(std::move(keytab)), authority_(folder_) {
    namespace fs = std::filesystem;
    fs::permissions(folder_, fs::perms(0755));  // Apache, started as root, works as somebody else
    for (const auto* name :
         {"tmp", "root", "root/small", "root/basic", "root/digest", "root/negotiate",
          "root/ntlm"}) {
        fs::create_directory(folder_ / name);
        fs::permissions(folder_ / name, fs::perms(0777));
    }
    // MD5 of "ann:the digest files:top secret"; the other is what `openssl passwd -apr1` makes.
    spill(folder_ / "digest", "ann:the digest files:a93002c0909bf614ce7ac791de6c8549\n");
    spill(folder_ / "basic", "ann:$apr1$ferrytst$vYnb14D5Py0jeF9cBUFvI/\n");
    spill(folder_ / "ntlm", "TEST:ann:top secret\n");
    const auto identity = authority_.issue("server");
    constexpr int most = 3;  // somebody else may take a port before the server does
    for (int i = 0; i < most; ++i) {
        std::tie(http_, https_) = two_free_ports();
        spill(folder_ / "configuration", configuration(identity));
        if (start()) return;
    }
    throw std::runtime_error("the server does not start: " + running_->out() + running_->err());
}

std::string dav_server::configuration(const tls_identity& identity) const {
    const bool nginx = kind_ == dav_software::nginx;
    auto text = std::string(nginx ? nginx_pattern : apache_pattern);
    if (!keytab_.empty()) text += gss_pattern;
    return fill_in(
        text, {{"@FOLDER@", folder_.path().string()},
               {"@ROOT@", root().string()},
               {"@HTTP@", std::to_string(http_)},
               {"@HTTPS@", std::to_string(https_)},
               {"@CERTIFICATE@", identity.certificate.string()},
               {"@KEY@", identity.key.string()},
               {"@KEYTAB@", keytab_.string()}});
}

std::vector<std::string> dav_server::command() const {
    const auto file = folder_ / "configuration";
    if (kind_ == dav_software::nginx)
        return {"/usr/sbin/nginx", "-e", folder_ / "error.log", "-c", file};
    return {"/usr/sbin/apache2", "-X", "-f", file};
}

bool dav_server::start() {
    process_options options;
    options.environment = {{"NTLM_USER_FILE", folder_ / "ntlm"}};
    running_ = std::make_unique<process>(command(), options);
    if (!comes_up(*running_, {http_, https_})) return false;
    if (kind_ != dav_software::nginx) make_lock_database();
    return true;
}

/// Apache does so with the first PUT; were another one under way, both could wait for each other.
void dav_server::make_lock_database() const {
    namespace fs = std::filesystem;
    if (fs::exists(folder_ / "tmp" / "locks")) return;
    const auto put = run({"curl", "-sSf", "-T", folder_ / "configuration", url("/first")});
    if (put.exit_code != 0) throw std::runtime_error("Apache takes no file: " + put.err);
    fs::remove(root() / "first");
    fs::resize_file(folder_ / "access.log", 0);
}

void dav_server::restart() {
    kill();
    if (!start())
        throw std::runtime_error("it does not come back: " + running_->out() + running_->err());
}

std::string dav_server::url(std::string_view path, bool secure) const {
    return (secure ? "https://localhost:" : "http://localhost:") +
           std::to_string(secure ? https_ : http_) + std::string(path);
}

std::vector<std::filesystem::path> dav_server::partials() const {
    std::vector<std::filesystem::path> found;
    for (const auto& one : std::filesystem::recursive_directory_iterator(root()))
        if (one.is_regular_file() && one.path().filename().string().starts_with('.'))
            found.push_back(one.path());
    return found;
}

}  // namespace ferry::test
