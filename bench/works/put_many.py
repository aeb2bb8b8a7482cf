"""Claim: many small uploads over kept connections take no longer than with curl -Z."""
import os

from lib import data, server, tools
from lib.work import Contender, Target, Work


def describe(setting):
    ferry = setting.ferry
    files = [f"{setting.sources.folder}/{name}" for name in setting.sources.names["some"]]

    def there(out):
        return f"{setting.server.upload}/{os.path.basename(out)}/"

    def curl(out):
        path = f"{setting.home}/uploads.curl"
        server.write(path, "".join(
            f'upload-file = "{file}"\nurl = "{there(out)}{os.path.basename(file)}"\n'
            for file in files))
        return ["curl", "-sS", "--fail", "-Z", "--parallel-max", "16", "-K", path]

    return Work(
        name="put-many",
        title=f"uploads of {len(files)} files of 4 KiB, PUT over HTTP to memory, 16 at once",
        source="some", destination="tmpfs", room=len(files) * data.SMALL, baseline="curl -Z",
        contenders=[
            Contender(
                "ferry put -j 16", ferry,
                lambda out: tools.put(ferry, *files, there(out), "-j", "16")),
            Contender("curl -Z", "curl", curl),
        ],
        targets=[Target("wall, of curl -Z's", "wall", "ferry put -j 16", "curl -Z", 1.0)])
