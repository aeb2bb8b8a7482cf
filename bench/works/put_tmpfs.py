"""Claim: to upload a big file by PUT takes 0.8 of the time of curl -T, and 0.6 of its CPU."""
import os

from lib import tools
from lib.work import Contender, Target, Work


def describe(setting):
    return upload_of_big(setting, "put-tmpfs", "PUT over HTTP to memory", setting.server.upload)


def upload_of_big(setting, name, way, server):
    ferry, loop = setting.ferry, setting.sendfile
    big = f"{setting.sources.folder}/big"

    def there(out):
        return f"{server}/{os.path.basename(out)}/big"

    return Work(
        name=name,
        title=f"upload of one file of {setting.size >> 20} MiB, {way}",
        source="big", destination="tmpfs", room=setting.size, baseline="curl -T",
        contenders=[
            Contender("ferry put", ferry, lambda out: tools.put(ferry, big, there(out))),
            Contender("sendfile loop", loop, lambda out: [loop, big, there(out)]),
            Contender("curl -T", "curl", lambda out: ["curl", "-sS", "--fail", "-T", big, there(out)]),
            Contender(
                "wget --body-file", "wget",
                lambda out: ["wget", "-q", "-O-", "--method=PUT", f"--body-file={big}", there(out)]),
        ],
        targets=[
            Target("wall, of curl -T's", "wall", "ferry put", "curl -T", 0.8),
            Target("CPU, of curl -T's", "cpu", "ferry put", "curl -T", 0.6),
        ])
