"""Watches a file grow: how exactly does a limited transfer keep its rate?"""
import statistics
import time

from lib import data, process
from lib.work import Failed

STEP = 0.1  # seconds between two looks
FIRST = 1.0  # the first second may hold a burst and is not counted
LAST = 6.0
SECOND = round(1 / STEP)


def watch(child, out):
    """-> [(time, bytes)] from FIRST to LAST, a look each STEP."""
    start, seen = time.monotonic(), []
    for tick in range(round(FIRST / STEP), round(LAST / STEP) + 1):
        time.sleep(max(0.0, start + tick * STEP - time.monotonic()))
        if child.poll() is not None:
            raise Failed(f"ended after {time.monotonic() - start:.1f} s: too early to be watched")
        seen.append((time.monotonic(), data.received(out)))
    return seen


def rate(early, late):
    return (late[1] - early[1]) / (late[0] - early[0])


def summary(seen, limit):
    """The average, and the second (any ten steps) that is farthest from the limit."""
    seconds = [rate(*pair) for pair in zip(seen, seen[SECOND:])]
    if statistics.fmean(seconds) == 0:
        raise Failed("the file does not grow: allocated beforehand, or written elsewhere")
    worst = max(seconds, key=lambda one: abs(one - limit))
    return {"average": rate(seen[0], seen[-1]), "worst": worst}


def sampler(limit):
    def sample(setting, command, out):
        with open(setting.meter.log, "wb") as log:
            with process.running(command, stderr=log, env=setting.meter.environment) as child:
                return summary(watch(child, out), limit)
    return sample
