"""Claim: a job of one tiny file takes at most 5 ms more than ferry get, from start to end."""
from lib import daemon, tools
from lib.work import Contender, Metric, Target, Work

MS = 0.001


def describe(setting):
    url, ferry = f"{setting.server.http}/tiny", setting.ferry
    return Work(
        name="job-overhead",
        title="one file of 4 KiB, start to end, as a job of a running daemon",
        source="tiny", destination="tmpfs", room=4096, more_rounds=setting.options.repeat,
        during=lambda: daemon.running(setting, daemon.new_home(setting)), baseline="ferry get",
        metrics=(Metric("wall", "wall ms", unit=MS),),
        contenders=[
            Contender("ferry start", ferry, lambda out: tools.job(ferry, url, f"{out}/tiny")),
            Contender("ferry get", ferry, lambda out: tools.ferry(ferry, url, f"{out}/tiny")),
        ],
        targets=[
            Target(
                "wall ms, more than get's", "wall", "ferry start", "ferry get", 5 * MS,
                difference=True)])
