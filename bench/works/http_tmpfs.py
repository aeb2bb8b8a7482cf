"""Claim: a big file over HTTP takes 0.4 of curl's time and CPU, little more than a bare splice."""
from lib import tools
from lib.work import Contender, Target, Work


def describe(setting):
    url = f"{setting.server.http}/big"
    ferry, splice = setting.ferry, setting.splice
    return Work(
        name="http-tmpfs",
        title=f"one file of {setting.size >> 20} MiB, HTTP to memory",
        source="big", destination="tmpfs", room=setting.size,
        contenders=[
            Contender("ferry", ferry, lambda out: tools.ferry(ferry, url, f"{out}/big")),
            Contender(
                "ferry -c 4", ferry, lambda out: tools.ferry(ferry, url, f"{out}/big", "-c", "4")),
            Contender("splice loop", splice, lambda out: tools.splice(splice, url, f"{out}/big")),
            Contender("curl", "curl", lambda out: tools.curl(url, f"{out}/big")),
            Contender("wget", "wget", lambda out: tools.wget(url, f"{out}/big")),
            Contender("wget2", "wget2", lambda out: tools.wget2(url, f"{out}/big")),
            Contender("aria2c", "aria2c", lambda out: tools.aria2(url, f"{out}/big")),
            Contender("aria2c -x4 -s4", "aria2c", lambda out: tools.aria2(url, f"{out}/big", 4)),
        ],
        targets=[
            Target("wall, of curl's", "wall", "ferry", "curl", 0.4),
            Target("CPU, of curl's", "cpu", "ferry", "curl", 0.4),
            Target("wall, of the splice loop's", "wall", "ferry", "splice loop", 1.2),
            Target("peak memory in MiB", "memory", "ferry", None, 20 << 20),
        ])
