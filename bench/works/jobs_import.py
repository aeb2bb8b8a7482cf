"""Claim: 10,000 jobs are acknowledged, each of them durable, within 10 seconds."""
from lib.jobs import Jobs
from lib.work import Contender, Metric, Target, Work


def describe(setting):
    jobs = Jobs(setting)

    def sample(_, command, home):
        with jobs.waiting(home, command) as (_, cost):
            return cost

    return Work(
        name="jobs-import",
        title=f"{setting.jobs} jobs by ferry import, durable; their server never answers",
        source="none", destination="disk", room=setting.options.rounds * jobs.room, keep=True,
        sampler=sample,
        metrics=(Metric("wall", "wall s", digits=3, compared=False),),
        contenders=[Contender("ferry import", setting.ferry, jobs.importing)],
        targets=[Target("wall s", "wall", "ferry import", None, 10)])
