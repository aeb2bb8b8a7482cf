"""Our own nginx on free ports of 127.0.0.1: HTTP, HTTPS, HTTP at 20 MB/s a connection, uploads as
nginx takes them by default, and as one who takes large ones configures it."""
import contextlib
import os
import signal
import socket
import subprocess
import time

from lib import process
from lib.work import Failed

# tcp_nopush and sendfile: how one configures nginx for files. The cipher is pinned, so that no
# contender wins by agreeing on a weaker one. Without the small chunk of the limited server, the
# part after the last pause of a connection is free, and that favours many connections.
CONFIGURATION = """
{user}
daemon off;
worker_processes {workers};
pid {home}/nginx.pid;
error_log {home}/nginx.log error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 60s;
    keepalive_requests 1000000;
    open_file_cache max=20000 inactive=10m;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    root {root};
    server {{ listen 127.0.0.1:{http}; }}
    server {{
        listen 127.0.0.1:{https} ssl;
        ssl_certificate {home}/server.pem;
        ssl_certificate_key {home}/server.key;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
    }}
    server {{
        listen 127.0.0.1:{slow};
        limit_rate 20m;
        sendfile_max_chunk 256k;
    }}
    server {{
        listen 127.0.0.1:{upload};
        root {uploads};
        client_body_temp_path {uploads}/.body;
        client_max_body_size 0;
        dav_methods PUT;
        min_delete_depth 100;
    }}
    server {{
        listen 127.0.0.1:{large_upload};
        root {uploads};
        client_body_temp_path {uploads}/.body;
        client_body_buffer_size 128k;
        client_max_body_size 0;
        dav_methods PUT;
        min_delete_depth 100;
    }}
}}
"""

EXTENSIONS = """
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_certificates(home):
    """A CA of our own, and a certificate by it for 127.0.0.1."""
    write(f"{home}/extensions", EXTENSIONS)
    for name in ("ca", "server"):
        issuer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
        request = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN=ferry bench {name}",
                   "-keyout", f"{name}.key", "-out", f"{name}.csr"]
        sign = ["openssl", "x509", "-req", "-in", f"{name}.csr", "-days", "2", "-extfile",
                "extensions", "-extensions", name, "-out", f"{name}.pem",
                *(issuer if name == "server" else ["-signkey", "ca.key"])]
        for command in (request, sign):
            process.call(command, 30, cwd=home, stderr=subprocess.DEVNULL)


def free_ports(count):
    """Ports that are free now; they are held together so that they differ."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Server:
    """Serves `root` and takes uploads below `uploads` while the block lasts; configuration and keys
    live in `home`."""

    def __init__(self, home, root, uploads, workers):
        self.home, self.root, self.uploads, self.workers = home, root, uploads, workers
        self.ca = f"{home}/ca.pem"
        self.process = None

    def __enter__(self):
        make_certificates(self.home)
        for _ in range(5):  # somebody may take a port between our look and nginx's start
            ports = free_ports(5)
            self._start(*ports)
            if self._answers(ports):
                self.http, self.slow, self.upload, self.large_upload = (
                    f"http://127.0.0.1:{port}" for port in (ports[0], *ports[2:]))
                self.https = f"https://127.0.0.1:{ports[1]}"
                return self
            self._stop()
        raise Failed(f"nginx does not start: {self._log()}")

    def __exit__(self, *_):
        self._stop()

    def _start(self, http, https, slow, upload, large_upload):
        user = "user root;" if os.geteuid() == 0 else ""  # else root's workers cannot read our data
        write(f"{self.home}/nginx.conf", CONFIGURATION.format(
            user=user, workers=self.workers, home=self.home, root=self.root, http=http,
            https=https, slow=slow, upload=upload, large_upload=large_upload,
            uploads=self.uploads))
        with open(f"{self.home}/nginx.log", "wb") as log:
            self.process = subprocess.Popen(
                ["nginx", "-p", self.home, "-e", f"{self.home}/nginx.log", "-c",
                 f"{self.home}/nginx.conf"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _answers(self, ports):
        until = time.monotonic() + 10
        while time.monotonic() < until and self.process.poll() is None:
            try:
                for port in ports:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                return self.process.poll() is None
            except OSError:
                time.sleep(0.05)
        return False

    def _stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        process.end_group(self.process)
        self.process = None

    def _log(self):
        with open(f"{self.home}/nginx.log", encoding="utf-8", errors="replace") as log:
            return log.read().strip()[-500:]
