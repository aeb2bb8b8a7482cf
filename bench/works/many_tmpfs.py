"""Claim: many small files take 0.75 of the time of curl -Z, and a quarter of aria2's."""
from lib import tools
from lib.lists import Lists
from lib.work import Contender, Target, Work


def describe(setting):
    lists, ferry = Lists(setting), setting.ferry
    return Work(
        name="many-tmpfs",
        title=f"{setting.count} files of 4 KiB, HTTP to memory, 16 at once (wget: one)",
        source="many", destination="tmpfs", room=lists.room(), baseline="curl -Z",
        contenders=[
            Contender("ferry -j 16", ferry, lambda out: lists.ferry(ferry, out)),
            Contender("curl -Z", "curl", lists.curl),
            Contender("wget -i", "wget", lambda out: ["wget", "-q", "-i", lists.plain, "-P", out]),
            Contender(
                "wget2 -i", "wget2",
                lambda out: ["wget2", "-q", "--max-threads=16", "-i", lists.plain, "-P", out]),
            Contender(
                "aria2c -j16", "aria2c",
                lambda out: [*tools.ARIA2, "-j16", "-i", lists.plain, "-d", out]),
        ],
        targets=[
            Target("wall, of curl -Z's", "wall", "ferry -j 16", "curl -Z", 0.75),
            Target("wall, of aria2c's", "wall", "ferry -j 16", "aria2c -j16", 0.25),
        ])
