"""Claim: a daemon with 10,000 jobs needs at most 100 MiB, at its peak and after lists of them."""
from lib.jobs import Jobs
from lib.work import Contender, Metric, Target, Work

MIB = 1 << 20
ROUNDS = 3  # each with a daemon of its own


def describe(setting):
    jobs, ferry = Jobs(setting), setting.ferry

    def sample(_, command, home):
        with jobs.waiting(home, command) as (daemon, _):
            setting.meter.measure([ferry, "list"])
            setting.meter.measure([ferry, "list", "--json"])
            return daemon.memory()

    def metric(key, heading):
        return Metric(key, heading, unit=MIB, digits=1, compared=False)

    return Work(
        name="jobs-memory",
        title=f"the daemon with {setting.jobs} jobs that wait, after two lists of them",
        source="none", destination="disk", room=ROUNDS * jobs.room, keep=True, most_rounds=ROUNDS,
        sampler=sample,
        metrics=(
            metric("peak", "peak MiB"), metric("resident", "now MiB"), metric("share", "PSS MiB")),
        contenders=[Contender("ferry daemon", ferry, jobs.importing)],
        targets=[
            Target("peak memory in MiB", "peak", "ferry daemon", None, 100 * MIB),
            Target("PSS after lists in MiB", "share", "ferry daemon", None, 100 * MIB),
        ])
