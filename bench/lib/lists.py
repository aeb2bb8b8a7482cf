"""The list files from which the contenders take many URLs."""
import os

from lib import data, server


class Lists:
    """`plain` has a URL a line. curl wants every destination spelt out, so its list depends on the
    output folder; it is written before the clock starts."""

    def __init__(self, setting, source="many"):
        self.home = setting.home
        self.urls = [f"{setting.server.http}/{name}" for name in setting.sources.names[source]]
        self.plain = f"{self.home}/urls"
        server.write(self.plain, "".join(f"{url}\n" for url in self.urls))

    def for_curl(self, out):
        path = f"{self.home}/urls.curl"
        server.write(path, "".join(
            f'url = "{url}"\noutput = "{out}/{os.path.basename(url)}"\n' for url in self.urls))
        return path

    def room(self):
        return len(self.urls) * data.SMALL

    def curl(self, out):
        return ["curl", "-sS", "--fail", "-Z", "--parallel-max", "16", "-K", self.for_curl(out)]

    def ferry(self, program, out, *options, parallel=16):
        return [program, "get", "-i", self.plain, "-j", str(parallel), "-d", out, "-q", *options]

    def job(self, program, out, parallel):
        path = f"{self.home}/urls.csv"
        rows = [f"{url},{out}/{os.path.basename(url)}\n" for url in self.urls]
        server.write(path, "".join(["Source,Destination\n", *rows]))
        return [program, "import", path, "--one-job", "-j", str(parallel), "-q"]
