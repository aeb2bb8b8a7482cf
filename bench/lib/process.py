"""Runs commands: with a time limit, in a group of their own, and measured."""
import contextlib
import os
import signal
import socket
import subprocess
import time

from lib.work import Failed


def end_group(process):
    """Ends a command and what it started. Only while it is not reaped is the group surely ours."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def running(command, **options):
    """A started command that is gone when the block is left, however it is left."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
        **options)
    try:
        yield process
    finally:
        end_group(process)


def call(command, seconds, **options):
    """Runs a command that is not measured."""
    with running(command, **options) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{command[0]}: no end within {seconds} s") from None
    if code != 0:
        raise Failed(f"{command[0]}: exit code {code}")


def wait_for_port(process, port, log, seconds=20):
    """Until a server listens; Failed, with the last line of its log, if it does not come to it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise Failed(f"{process.args[0]} does not start: {last_words(log)}")


def last_words(path):
    """The last line that a command wrote into a file."""
    with open(path, "rb") as log:
        lines = log.read()[-2000:].decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a message"


class Meter:
    """Measures commands, all in the same small environment, so that nobody's rc file counts."""

    def __init__(self, helper, home, seconds):
        self.helper = helper
        self.log = os.path.join(home, "stderr")
        self.seconds = seconds
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home, "LC_ALL": "C",
            "FERRY_HOME": os.path.join(home, "ferry")}

    @contextlib.contextmanager
    def ferry_home(self, path):
        """-> the environment that all commands have while the block lasts."""
        before = self.environment
        self.environment = {**before, "FERRY_HOME": path}
        try:
            yield self.environment
        finally:
            self.environment = before

    def measure(self, command):
        """-> {"wall", "cpu": seconds, "memory": bytes}; Failed if the command fails."""
        read_end, write_end = os.pipe()
        try:
            with open(self.log, "wb") as log:
                with running(
                        [self.helper, str(write_end), *command], stderr=log, env=self.environment,
                        pass_fds=[write_end]) as process:
                    self._wait(process, command)
            return self._sample(os.read(read_end, 200), command)
        finally:
            os.close(read_end)
            os.close(write_end)

    def _wait(self, process, command):
        try:
            code = process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"no end within {self.seconds} s") from None
        if code != 0:
            raise Failed(f"cannot run {command[0]}")

    def _sample(self, report, command):
        wall, user, system, peak, status = (int(word) for word in report.split())
        if status != 0:
            raise Failed(f"status {os.waitstatus_to_exitcode(status)}: {last_words(self.log)}")
        return {"wall": wall / 1e9, "cpu": (user + system) / 1e6, "memory": peak * 1024}
