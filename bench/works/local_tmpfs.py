"""Claim: a local copy takes no longer than with cp."""
from lib.work import Contender, Target, Work


def describe(setting):
    ferry, source = setting.ferry, f"{setting.sources.folder}/big"
    return Work(
        name="local-tmpfs",
        title=f"a copy of {setting.size >> 20} MiB within memory",
        source="big", destination="tmpfs", room=setting.size, baseline="cp",
        contenders=[
            Contender("ferry", ferry, lambda out: [ferry, "get", source, "-d", out, "-q"]),
            Contender("cp", "cp", lambda out: ["cp", source, out]),
        ],
        targets=[Target("wall, of cp's", "wall", "ferry", "cp", 1.05)])
