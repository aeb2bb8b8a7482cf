"""How much CPU was taken by neither the contender nor our server: a shared machine shows here.
The kernel's own threads, such as those that write to the disk, count as others too."""
import os

TICK = os.sysconf("SC_CLK_TCK")


def machine_seconds():
    """What all CPUs have worked; waiting and idling left out, and guests, who count twice."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, hard, soft, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + hard + soft + steal) / TICK


def group_seconds(leader):
    """What the processes of a group that are alive have used."""
    total = 0
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == leader:
            total += int(fields[11]) + int(fields[12])
    return total / TICK


class Watch:
    """Started just before a run; tells afterwards how many CPUs the others kept busy."""

    def __init__(self, server):
        self.server = server
        self.start = self._outside()

    def busy(self, sample):
        others = self._outside() - self.start - sample["cpu"]
        return max(0.0, others / sample["wall"])

    def _outside(self):
        return machine_seconds() - group_seconds(self.server)
