"""Our own smbd on a free port of 127.0.0.1, which shares the sources."""
import contextlib
import getpass
import os
import shutil
import subprocess

from lib import process, server
from lib.work import Failed, Skipped

PASSWORD = "only for this measurement"
FOLDERS = ("lock", "state", "cache", "pid", "private", "ncalrpc")

CONFIGURATION = """
[global]
    server role = standalone server
    interfaces = 127.0.0.1
    bind interfaces only = yes
    smb ports = {port}
    disable netbios = yes
    lock directory = {home}/lock
    state directory = {home}/state
    cache directory = {home}/cache
    pid directory = {home}/pid
    private dir = {home}/private
    ncalrpc dir = {home}/ncalrpc
    passdb backend = tdbsam:{home}/private/users.tdb
    log file = {home}/log
    load printers = no
    printcap name = /dev/null
    disable spoolss = yes
[source]
    path = {root}
    read only = yes
"""


class Samba:
    """Its commands make sense while running() lasts."""

    def __init__(self, setting):
        self.setting = setting
        self.home = f"{setting.home}/samba"
        self.user = getpass.getuser()
        self.port = None

    @contextlib.contextmanager
    def running(self):
        if not shutil.which("smbd") or not shutil.which("smbclient"):
            raise Skipped("no smbd, or no smbclient")
        for name in FOLDERS:
            os.makedirs(f"{self.home}/{name}", exist_ok=True)
        self.port = server.free_ports(1)[0]
        server.write(f"{self.home}/conf", CONFIGURATION.format(
            port=self.port, home=self.home, root=self.setting.sources.folder))
        self._make_user()
        command = ["smbd", "--foreground", "--no-process-group", "-s", f"{self.home}/conf"]
        with process.running(command, stderr=subprocess.DEVNULL) as child:
            process.wait_for_port(child, self.port, f"{self.home}/log")
            yield

    def ferry(self, program, path, *options):
        return [program, "get", f"smb://127.0.0.1:{self.port}/source/{path}", "-q", "--credential",
                self.user, "--password-file", f"{self.home}/password", *options]

    def smbclient(self, commands, protection="sign"):
        """ferry insists on signatures; smbclient by itself does without."""
        return ["smbclient", "//127.0.0.1/source", "-p", str(self.port), "-s",
                f"{self.home}/conf", "-A", f"{self.home}/login",
                f"--client-protection={protection}", "-c", commands]

    def _make_user(self):
        for name, text in (("password", f"{PASSWORD}\n"),
                           ("login", f"username={self.user}\npassword={PASSWORD}\n")):
            server.write(f"{self.home}/{name}", text)
            os.chmod(f"{self.home}/{name}", 0o600)
        added = subprocess.run(
            ["pdbedit", "-s", f"{self.home}/conf", "-a", "-t", "-u", self.user],
            input=f"{PASSWORD}\n{PASSWORD}\n", capture_output=True, text=True, timeout=30)
        if added.returncode != 0:
            raise Failed(f"pdbedit: {added.stderr.strip()}")
