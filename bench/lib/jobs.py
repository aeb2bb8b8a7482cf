"""Many jobs that wait, and a daemon that has them."""
import contextlib
import socket

from lib import daemon, server


class Jobs:
    """A list of them. Their server listens and never answers: no transfer disturbs."""

    def __init__(self, setting):
        self.setting = setting
        self.silent = socket.create_server(("127.0.0.1", 0))  # nobody ever accepts
        self.room = setting.jobs * 8192  # of a home: each job is a file and a line of the list

    def importing(self, home, *options):
        """The command that creates them. The list is written before the clock starts."""
        path, url = f"{home}/jobs.csv", f"http://127.0.0.1:{self.silent.getsockname()[1]}"
        names = [f"{number:05}.bin" for number in range(self.setting.jobs)]
        rows = [f"{url}/{name},{home}/{name}\n" for name in names]
        server.write(path, "".join(["Source,Destination\n", *rows]))
        return [self.setting.ferry, "import", "--asynchronous", path, "-q", *options]

    @contextlib.contextmanager
    def waiting(self, home, importing):
        """A daemon that has them all, and what it took to create them."""
        with daemon.running(self.setting, home) as one:
            cost = self.setting.meter.measure(importing)
            one.expect(self.setting.jobs)
            yield one, cost
