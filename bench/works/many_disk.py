"""Claim: many small files, each published durably, take at most 1.5 of curl -Z and one sync."""
from lib import tools
from lib.lists import Lists
from lib.work import Contender, Target, Work

# Outputs are kept until the end: ext4 does not reuse an inode in the minutes after its deletion,
# and steps over all such inodes at each creation. Removing one run's files made the next run take
# four times as long.


def describe(setting):
    lists, ferry = Lists(setting), setting.ferry
    return Work(
        name="many-disk",
        title=f"{setting.count} files of 4 KiB, HTTP to disk, durable, 16 at once",
        source="many", destination="disk", room=4 * setting.options.rounds * lists.room(),
        baseline="curl -Z + sync", keep=True,
        contenders=[
            Contender("ferry -j 16", ferry, lambda out: lists.ferry(ferry, out)),
            Contender(
                "ferry -j 16 --sync never", ferry,
                lambda out: lists.ferry(ferry, out, "--sync", "never")),
            Contender(
                "curl -Z + sync", "curl",
                lambda out: tools.then_sync(lists.curl(out), out, "-f")),
            Contender("curl -Z, not durable", "curl", lists.curl),
        ],
        targets=[
            Target("wall, of curl -Z + sync's", "wall", "ferry -j 16", "curl -Z + sync", 1.5)])
