"""A ferry daemon with a home of its own, and what the kernel says about it."""
import contextlib
import glob
import json
import os
import subprocess
import tempfile
import time

from lib import process, server
from lib.work import Failed

PATIENCE = 30  # seconds for it to start, to answer and to end


def new_home(setting):
    """Homes stay until the end; the reason is in works/many_disk.py."""
    return tempfile.mkdtemp(prefix="home-", dir=setting.disk)


@contextlib.contextmanager
def running(setting, home):
    """A daemon that runs while the block lasts and never ends by itself; the commands that are
    measured meanwhile are its clients. It is our child, unlike one that a verb starts: so it is
    gone afterwards, whatever happens."""
    server.write(f"{home}/config.json", '{"idle_timeout": 0}\n')
    with setting.meter.ferry_home(home) as environment, open(f"{home}/stderr", "wb") as log:
        with process.running(
                [setting.ferry, "daemon", "run"], stderr=log, env=environment) as child:
            daemon = Daemon(setting.ferry, home, environment, child)
            try:
                daemon.wait_until_ready()
                yield daemon
                daemon.check_alive()  # else a client has started another one
            finally:
                daemon.stop()


class Daemon:
    def __init__(self, program, home, environment, child):
        self.program, self.home, self.environment = program, home, environment
        self.child = child

    def wait_until_ready(self):
        until = time.monotonic() + PATIENCE
        while not self.status()["running"]:
            self.check_alive()
            if time.monotonic() > until:
                raise Failed(f"the daemon does not start within {PATIENCE} s")
            time.sleep(0.05)

    def check_alive(self):
        code = self.child.poll()
        if code is not None:
            why = process.last_words(f"{self.home}/stderr")
            raise Failed(f"the daemon ended with exit code {code}: {why}")

    def stop(self):
        with contextlib.suppress(Failed):
            process.call(
                [self.program, "daemon", "stop"], PATIENCE, env=self.environment,
                stderr=subprocess.DEVNULL)

    def status(self):
        try:
            said = subprocess.run(
                [self.program, "daemon", "status", "--json"], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment,
                timeout=PATIENCE)
            return json.loads(said.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            raise Failed("ferry daemon status --json tells nothing") from None

    def expect(self, jobs):
        """Failed unless it has so many jobs, and so has its folder."""
        stored = len(glob.glob(f"{glob.escape(self.home)}/state/jobs/*.json"))
        known = self.status()["jobs"]
        if not known == stored == jobs:
            raise Failed(f"{known} jobs in the daemon and {stored} on disk instead of {jobs}")

    def memory(self):
        """-> bytes: its peak, what is resident now, and of that its proportional share (PSS)."""
        self.check_alive()
        status, maps = self._fields("status"), self._fields("smaps_rollup")
        sizes = {"peak": status["VmHWM"], "resident": status["VmRSS"], "share": maps["Pss"]}
        return {key: int(size.split()[0]) << 10 for key, size in sizes.items()}

    def wakeups(self, seconds):
        """-> how often a second one of its threads gave up a CPU: as often as it was given one."""
        before, start = self._switches(), time.monotonic()
        time.sleep(seconds)
        after, end = self._switches(), time.monotonic()
        self.check_alive()
        count = sum(now - before.get(thread, 0) for thread, now in after.items())
        return count / (end - start)

    def _switches(self):
        threads = {}
        for thread in os.listdir(f"/proc/{self.child.pid}/task"):
            with contextlib.suppress(FileNotFoundError):  # it has just ended
                fields = self._fields(f"task/{thread}/status")
                threads[thread] = sum(
                    int(value) for key, value in fields.items() if key.endswith("_switches"))
        return threads

    def _fields(self, name):
        with open(f"/proc/{self.child.pid}/{name}", encoding="utf-8", errors="replace") as file:
            lines = [line.split(":", 1) for line in file]
        return {line[0]: line[1].strip() for line in lines if len(line) == 2}
