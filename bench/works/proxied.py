"""Claim: through a proxy (squid), a big file comes as fast as with curl."""
import contextlib
import os
import socket
import subprocess
import time

from lib import process, server, tools
from lib.work import Contender, Failed, Target, Work

CONFIGURATION = """
http_port 127.0.0.1:{port}
pid_filename {home}/squid.pid
coredump_dir {home}
access_log none
cache_log {home}/squid.log
cache_store_log none
cache deny all
http_access allow localhost
{user}
"""


@contextlib.contextmanager
def squid(setting, port):
    """Runs while the block lasts; keeps nothing."""
    path = f"{setting.home}/squid.conf"
    user = "cache_effective_user root" if os.geteuid() == 0 else ""
    server.write(path, CONFIGURATION.format(port=port, home=setting.home, user=user))
    with process.running(["squid", "-N", "-f", path], stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if running.poll() is not None or time.monotonic() > until:
                    raise Failed("squid does not start") from None
                time.sleep(0.05)
        yield


def describe(setting):
    ferry, url = setting.ferry, f"{setting.server.http}/big"
    port = server.free_ports(1)[0]
    proxy = f"http://127.0.0.1:{port}"
    through = ["--proxy-usage", "override", "--proxy-list", proxy]
    return Work(
        name="proxied",
        title=f"one file of {setting.size >> 20} MiB, HTTP through squid to memory",
        source="big", destination="tmpfs", room=setting.size,
        during=lambda: squid(setting, port),
        contenders=[
            Contender("ferry", ferry, lambda out: tools.ferry(ferry, url, f"{out}/big", *through)),
            Contender("curl", "curl", lambda out: tools.curl(url, f"{out}/big", "-x", proxy)),
        ],
        targets=[Target("wall, of curl's", "wall", "ferry", "curl", 1 / 0.95)])
