"""Claim: through a proxy a big file comes as fast as with curl."""
from lib import tools
from lib.proxy import Proxy
from lib.work import Contender, Target, Work


def describe(setting):
    url, ferry, proxy = f"{setting.server.http}/big", setting.ferry, Proxy()

    def by_ferry(out):
        return tools.ferry(
            ferry, url, f"{out}/big", "--proxy-usage", "override", "--proxy-list", proxy.address)

    return Work(
        name="proxied",
        title=f"one file of {setting.size >> 20} MiB, HTTP through squid to memory",
        source="big", destination="tmpfs", room=setting.size, during=proxy.running,
        contenders=[
            Contender("ferry", ferry, by_ferry),
            Contender(
                "curl", "curl",
                lambda out: tools.curl(url, f"{out}/big", "--proxy", f"http://{proxy.address}")),
            Contender(
                "wget", "wget",
                lambda out: tools.wget(url, f"{out}/big", "-e", f"http_proxy={proxy.address}")),
            Contender(
                "aria2c", "aria2c",
                lambda out: tools.aria2(
                    url, f"{out}/big", 1, "--all-proxy", f"http://{proxy.address}")),
        ],
        targets=[Target("wall, of curl's (1 / 0.95)", "wall", "ferry", "curl", 1 / 0.95)])
