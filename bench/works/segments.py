"""Claim: where a server limits each connection, 8 segments bring at least 7.5 times the bytes."""
from lib import tools
from lib.work import Contender, Target, Work


def describe(setting):
    url, ferry = f"{setting.server.slow}/part", setting.ferry
    return Work(
        name="segments",
        title=f"one file of {setting.part >> 20} MiB, HTTP at 20 MiB/s a connection, to memory",
        source="part", destination="tmpfs", room=setting.part,
        contenders=[
            Contender(
                "ferry -c 1", ferry, lambda out: tools.ferry(ferry, url, f"{out}/part", "-c", "1")),
            Contender(
                "ferry -c 8", ferry, lambda out: tools.ferry(ferry, url, f"{out}/part", "-c", "8")),
            Contender("curl", "curl", lambda out: tools.curl(url, f"{out}/part")),
            Contender(
                "aria2c -x8 -s8 -k1M", "aria2c",
                lambda out: tools.aria2(url, f"{out}/part", 8, "-k1M")),
        ],
        targets=[
            Target(
                "throughput, of one connection's", "wall", "ferry -c 1", "ferry -c 8", 7.5,
                at_least=True)])
