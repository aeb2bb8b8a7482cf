"""Where the works happen: folders, server, programs, sizes. Made once, gone at the end."""
import os
import shutil
import tempfile

from lib import build, data, process, server
from lib.work import Failed


class Setting:
    def __init__(self, options, ferry):
        self.options = options
        self.ferry = ferry  # None if there is no binary yet
        self.size = options.size
        self.count = options.count
        self.part = options.part
        self.jobs = options.jobs

    def __enter__(self):
        build.helpers()
        self.splice = build.SPLICE
        self.sendfile = build.SENDFILE
        self.home = tempfile.mkdtemp(prefix="ferry-bench-")
        self.folders = [self.home]
        try:
            self.memory = self._folder(self.options.tmpfs)
            self.disk = self._folder(self.options.disk)
            self.sources = data.Sources(f"{self.memory}/source", self.size, self.part, self.count)
            os.mkdir(self.sources.folder)
            self.meter = process.Meter(build.MEASURE, self.home, self.options.timeout)
            self._check_meter()
            self.server = server.Server(
                self.home, self.sources.folder, self.memory, self.options.workers)
            self.server.__enter__()
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(self, *_):
        self.server.__exit__()
        self._clean()

    def has(self, program):
        return program is not None and shutil.which(program) is not None

    def destination(self, work):
        return {"tmpfs": self.memory, "disk": self.disk}[work.destination]

    def _check_meter(self):
        """Were the memory of our own Python counted in, all the peaks would be wrong."""
        peak = self.meter.measure(["true"])["memory"]
        if peak > 6 << 20:
            raise Failed(f"the measured memory cannot be trusted: {peak >> 20} MiB for `true`")

    def _folder(self, parent):
        os.makedirs(parent, exist_ok=True)
        self.folders.append(tempfile.mkdtemp(prefix="ferry-bench-", dir=parent))
        return self.folders[-1]

    def _clean(self):
        for folder in self.folders:
            data.remove(folder)
