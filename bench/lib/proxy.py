"""Our own squid on a free port of 127.0.0.1, which keeps nothing."""
import contextlib
import os
import shutil
import tempfile

from lib import process, server
from lib.work import Failed, Skipped

CONFIGURATION = """
http_port 127.0.0.1:{port}
pid_filename {home}/pid
cache_log {home}/log
access_log none
cache deny all
coredump_dir none
netdb_filename none
pinger_enable off
memory_cache_shared off
shutdown_lifetime 0 seconds
visible_hostname proxy
http_access allow all
"""


class Proxy:
    """`address` is its host:port while running() lasts."""

    def __init__(self):
        self.address = None

    @contextlib.contextmanager
    def running(self):
        if not shutil.which("squid"):
            raise Skipped("no squid")
        # squid, started as root, works as its own user, who reaches no private folder
        home = tempfile.mkdtemp(prefix="ferry-bench-", dir="/var/tmp")
        try:
            if os.geteuid() == 0:
                shutil.chown(home, "proxy")
            port = server.free_ports(1)[0]
            server.write(f"{home}/conf", CONFIGURATION.format(port=port, home=home))
            with process.running(["squid", "-N", "-f", f"{home}/conf"]) as child:
                process.wait_for_port(child, port, f"{home}/log")
                self.address = f"127.0.0.1:{port}"
                yield
        finally:
            shutil.rmtree(home, ignore_errors=True)
