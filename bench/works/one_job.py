"""Claim: 1,000 small files of one job, each durable, take at most 1.1 of ferry get's time."""
from lib import daemon
from lib.lists import Lists
from lib.work import Contender, Metric, Target, Work


def describe(setting):
    lists, ferry = Lists(setting, "some"), setting.ferry
    return Work(
        name="one-job",
        title=f"{len(lists.urls)} files of 4 KiB in one job, HTTP to disk, durable, 8 at once",
        source="some", destination="disk", room=2 * setting.options.rounds * lists.room(),
        keep=True,  # as in many_disk
        during=lambda: daemon.running(setting, daemon.new_home(setting)), baseline="ferry get",
        metrics=(Metric("wall", "wall s", digits=3),),
        contenders=[
            Contender(
                "ferry import --one-job", ferry, lambda out: lists.job(ferry, out, 8)),
            Contender("ferry get", ferry, lambda out: lists.ferry(ferry, out, parallel=8)),
        ],
        targets=[Target("wall, of get's", "wall", "ferry import --one-job", "ferry get", 1.1)])
