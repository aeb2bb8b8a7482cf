#include <support/guarded_server.hpp>

#include <support/fill_in.hpp>
#include <support/ports.hpp>

#include <stdexcept>

namespace ferry::test {
namespace {

constexpr std::string_view pattern = R"(
ServerRoot @FOLDER@
ServerName localhost
PidFile @FOLDER@/pid
ErrorLog @FOLDER@/error.log
LogLevel info
LogFormat "%U %>s %u %k" plain
DefaultRuntimeDir @FOLDER@
Mutex file:@FOLDER@ default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule auth_digest_module /usr/lib/apache2/modules/mod_auth_digest.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule auth_gssapi_module /usr/lib/apache2/modules/mod_auth_gssapi.so
CustomLog @FOLDER@/access.log plain
KeepAliveTimeout 60
MaxKeepAliveRequests 0
Listen 127.0.0.1:@PORT@
DocumentRoot @FOLDER@/root
User www-data
Group www-data
<Location />
    Require valid-user
</Location>
<Location /basic/>
    AuthType Basic
    AuthName "the basic files"
    AuthUserFile @FOLDER@/basic
</Location>
<Location /digest/>
    AuthType Digest
    AuthName "the digest files"
    AuthDigestProvider file
    AuthUserFile @FOLDER@/digest
</Location>
<Location /bearer/>
    Require all granted
    Header always set WWW-Authenticate "Bearer realm=\"the bearer files\"" \
        "expr=%{REQUEST_STATUS} == 401"
    RewriteEngine On
    RewriteCond %{HTTP:Authorization} "!=Bearer the.token~42"
    RewriteRule ^ - [R=401,L]
</Location>
)";

constexpr std::string_view gss_pattern = R"(
<Location /negotiate/>
    AuthType GSSAPI
    AuthName "the negotiated files"
    GssapiAllowedMech krb5
    GssapiCredStore keytab:@KEYTAB@
    GssapiCredStore client_keytab:@KEYTAB@
</Location>
<Location /either/>
    AuthType GSSAPI
    AuthName "the files for tickets and passwords"
    GssapiAllowedMech krb5
    GssapiCredStore keytab:@KEYTAB@
    GssapiBasicAuth On
    GssapiBasicAuthMech krb5
</Location>
<Location /ntlm/>
    AuthType GSSAPI
    AuthName "the ntlm files"
    GssapiAllowedMech ntlmssp
    GssapiConnectionBound On
</Location>
)";

}  // namespace

guarded_server::guarded_server(std::filesystem::path keytab) : keytab_(std::move(keytab)) {
    namespace fs = std::filesystem;
    fs::permissions(folder_, fs::perms(0755));  // Apache, started as root, reads as somebody else
    for (const auto* name : {"basic", "digest", "bearer", "negotiate", "either", "ntlm"})
        fs::create_directories(folder_ / "root" / name);
    // MD5 of "ann:the digest files:top secret"; the other is what `openssl passwd -apr1` makes.
    spill(folder_ / "digest", "ann:the digest files:a93002c0909bf614ce7ac791de6c8549\n");
    spill(folder_ / "basic", "ann:$apr1$ferrytst$vYnb14D5Py0jeF9cBUFvI/\n");
    spill(folder_ / "ntlm", "TEST:ann:top secret\n");
    start();
}

std::string guarded_server::configuration() const {
    auto text = std::string(pattern);
    if (!keytab_.empty()) text += gss_pattern;
    return fill_in(
        text, {{"@FOLDER@", folder_.path().string()},
               {"@PORT@", std::to_string(port_)},
               {"@KEYTAB@", keytab_.string()}});
}

void guarded_server::start() {
    const auto file = folder_ / "configuration";
    process_options options;
    options.environment = {{"NTLM_USER_FILE", folder_ / "ntlm"}};
    constexpr int most = 3;  // somebody else may take the port before the server does
    for (int i = 0; i < most; ++i) {
        port_ = free_port();
        spill(file, configuration());
        running_ = std::make_unique<process>(
            std::vector<std::string>{"/usr/sbin/apache2", "-X", "-f", file}, options);
        if (comes_up(*running_, {port_})) return;
    }
    throw std::runtime_error("Apache does not start: " + running_->out() + running_->err());
}

void guarded_server::publish(const std::string& name, std::string_view content) const {
    for (const auto* folder : {"basic", "digest", "bearer", "negotiate", "either", "ntlm"}) {
        const auto file = folder_ / "root" / folder / name;
        spill(file, content);
        std::filesystem::permissions(file, std::filesystem::perms(0644));
    }
}

std::string guarded_server::url(std::string_view path) const {
    return "http://localhost:" + std::to_string(port_) + std::string(path);
}

std::string guarded_server::log() const { return slurp(folder_ / "access.log"); }

}  // namespace ferry::test
