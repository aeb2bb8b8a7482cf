"""Claim: a daemon with 10,000 jobs, none of which runs, wakes up at most once a second."""
import time

from lib.jobs import Jobs
from lib.work import Contender, Metric, Target, Work

SETTLING = 3  # seconds for what the import may have left to do
ROUNDS = 2


def describe(setting):
    jobs, seconds = Jobs(setting), setting.options.idle

    def sample(_, command, home):
        with jobs.waiting(home, command) as (daemon, _):
            time.sleep(SETTLING)
            return {"wakeups": daemon.wakeups(seconds)}

    return Work(
        name="jobs-idle",
        title=f"the daemon with {setting.jobs} suspended jobs, watched for {seconds} seconds",
        source="none", destination="disk", room=ROUNDS * jobs.room, keep=True, most_rounds=ROUNDS,
        sampler=sample,
        metrics=(Metric("wakeups", "wake-ups a second", compared=False),),
        contenders=[
            Contender(
                "ferry daemon", setting.ferry, lambda out: jobs.importing(out, "--suspended"))],
        targets=[Target("wake-ups a second", "wakeups", "ferry daemon", None, 1)])
