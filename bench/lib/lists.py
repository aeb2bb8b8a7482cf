"""The list files from which the contenders take many URLs."""
import os

from lib import data, server


class Lists:
    """`plain` has a URL a line. curl wants every destination spelt out, so its list depends on the
    output folder; it is written before the clock starts."""

    def __init__(self, setting):
        self.home = setting.home
        folder = f"{setting.server.http}/many"
        self.urls = [f"{folder}/{number:05}.bin" for number in range(setting.count)]
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

    def ferry(self, program, out, *options):
        return [program, "get", "-i", self.plain, "-j", "16", "-d", out, "-q", *options]
