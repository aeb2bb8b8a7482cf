"""Claim: a limited transfer keeps to its rate, on average and in its worst second."""
from lib import growth, tools
from lib.work import Contender, Metric, Work

LIMIT = 10 << 20  # bytes per second: what all of them mean by 10M


def describe(setting):
    url, ferry = f"{setting.server.http}/big", setting.ferry
    return Work(
        name="limit-rate",
        title="growth of a file under a limit of 10 MiB/s, from second 1 to second 6",
        source="big", destination="tmpfs", room=8 * LIMIT, most_rounds=2,
        sampler=growth.sampler(LIMIT),
        metrics=(
            Metric("average", "average MiB/s", unit=1 << 20, compared=False),
            Metric("worst", "worst second MiB/s", unit=1 << 20, compared=False)),
        contenders=[
            Contender(
                "ferry", ferry,
                lambda out: tools.ferry(ferry, url, f"{out}/big", "--limit-rate", "10M")),
            Contender(
                "curl", "curl",
                lambda out: tools.curl(url, f"{out}/big", "--limit-rate", "10M")),
            Contender(
                "wget", "wget", lambda out: tools.wget(url, f"{out}/big", "--limit-rate=10M")),
            Contender(
                "aria2c", "aria2c",
                lambda out: tools.aria2(url, f"{out}/big", 1, "--max-download-limit=10M")),
        ])
