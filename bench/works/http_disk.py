"""Claim: a big file, durable on disk, takes less time than with curl and sync."""
from lib import tools
from lib.work import Contender, Target, Work


def describe(setting):
    url = f"{setting.server.http}/big"

    def synced(tool):
        return lambda out: tools.then_sync(tool(url, f"{out}/big"), f"{out}/big")

    ferry, splice = setting.ferry, setting.splice
    return Work(
        name="http-disk",
        title=f"one file of {setting.size >> 20} MiB, HTTP to disk, durable",
        source="big", destination="disk", room=setting.size, baseline="curl + sync",
        contenders=[
            Contender("ferry", ferry, lambda out: tools.ferry(ferry, url, f"{out}/big")),
            Contender(
                "splice loop + sync", splice,
                synced(lambda url, file: tools.splice(splice, url, file))),
            Contender("curl + sync", "curl", synced(tools.curl)),
            Contender("wget + sync", "wget", synced(tools.wget)),
            Contender("aria2c + sync", "aria2c", synced(tools.aria2)),
        ],
        targets=[Target("wall, of curl + sync's", "wall", "ferry", "curl + sync", 0.9)])
