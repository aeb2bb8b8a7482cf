"""Claim: from process start to end, one tiny file takes at most 1.2 of curl's time."""
from lib import tools
from lib.work import RESOURCES, Contender, Target, Work


def describe(setting):
    url = f"{setting.server.http}/tiny"
    ferry, splice = setting.ferry, setting.splice
    return Work(
        name="tiny",
        title=f"one file of 4 KiB, start to end (medians of {setting.options.repeat} runs a round)",
        source="tiny", destination="tmpfs", room=4096, repeat=setting.options.repeat,
        metrics=RESOURCES[:-1],  # the kernel's ticks are too coarse to see others in milliseconds
        contenders=[
            Contender("ferry", ferry, lambda out: tools.ferry(ferry, url, f"{out}/tiny")),
            Contender("splice loop", splice, lambda out: tools.splice(splice, url, f"{out}/tiny")),
            Contender("curl", "curl", lambda out: tools.curl(url, f"{out}/tiny")),
            Contender("wget", "wget", lambda out: tools.wget(url, f"{out}/tiny")),
            Contender("wget2", "wget2", lambda out: tools.wget2(url, f"{out}/tiny")),
            Contender("aria2c", "aria2c", lambda out: tools.aria2(url, f"{out}/tiny")),
        ],
        targets=[Target("wall, of curl's", "wall", "ferry", "curl", 1.2)])
