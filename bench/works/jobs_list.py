"""Claim: 10,000 jobs are listed in half a second."""
from lib import daemon
from lib.jobs import Jobs
from lib.work import RESOURCES, Contender, Target, Work


def describe(setting):
    jobs, ferry = Jobs(setting), setting.ferry

    def waiting():
        home = daemon.new_home(setting)
        return jobs.waiting(home, jobs.importing(home))

    return Work(
        name="jobs-list",
        title=f"a list of {setting.jobs} jobs that wait, to /dev/null",
        source="none", destination="disk", room=jobs.room, during=waiting, baseline="ferry list",
        sampler=lambda _, command, out: setting.meter.measure(command),
        metrics=RESOURCES[:-1],  # the daemon would count as others
        contenders=[
            Contender("ferry list", ferry, lambda out: [ferry, "list"]),
            Contender("ferry list --json", ferry, lambda out: [ferry, "list", "--json"]),
        ],
        targets=[
            Target("wall s", "wall", "ferry list", None, 0.5),
            Target("wall s with --json", "wall", "ferry list --json", None, 0.5),
        ])
