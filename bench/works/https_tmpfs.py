"""Claim: a big file over HTTPS takes 0.75 of curl's CPU time, under the same cipher."""
from lib import tools
from lib.work import Contender, Target, Work


def describe(setting):
    url, ca = f"{setting.server.https}/big", setting.server.ca
    ferry, authority = setting.ferry, f"--ca-certificate={ca}"
    return Work(
        name="https-tmpfs",
        title=f"one file of {setting.size >> 20} MiB, HTTPS to memory",
        source="big", destination="tmpfs", room=setting.size,
        contenders=[
            Contender(
                "ferry", ferry,
                lambda out: tools.ferry(ferry, url, f"{out}/big", "--ca-file", ca)),
            Contender("curl", "curl", lambda out: tools.curl(url, f"{out}/big", "--cacert", ca)),
            Contender("wget", "wget", lambda out: tools.wget(url, f"{out}/big", authority)),
            Contender("wget2", "wget2", lambda out: tools.wget2(url, f"{out}/big", authority)),
            Contender("aria2c", "aria2c", lambda out: tools.aria2(url, f"{out}/big", 1, authority)),
        ],
        targets=[Target("CPU, of curl's", "cpu", "ferry", "curl", 0.75)])
