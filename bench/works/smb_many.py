"""Claim: many small files from a share, signed, take 0.7 of smbclient's time."""
from lib import data
from lib.samba import Samba
from lib.work import Contender, Target, Work

SOME = "00???.bin"  # of the many: those of "some"


def describe(setting):
    ferry, samba = setting.ferry, Samba(setting)
    count = len(setting.sources.names["some"])
    return Work(
        name="smb-many",
        title=f"{count} files of 4 KiB, SMB (signed) to memory",
        source="some", destination="tmpfs", room=count * data.SMALL, during=samba.running,
        baseline="smbclient mget",
        contenders=[
            Contender(
                "ferry get", ferry, lambda out: samba.ferry(ferry, f"many/{SOME}", "-d", out)),
            Contender(
                "smbclient mget", "smbclient",
                lambda out: samba.smbclient(f"prompt off; lcd {out}; cd many; mget {SOME}")),
            Contender(
                "smbclient, unsigned", "smbclient",
                lambda out: samba.smbclient(
                    f"prompt off; lcd {out}; cd many; mget {SOME}", protection="off")),
        ],
        targets=[Target("wall, of mget's", "wall", "ferry get", "smbclient mget", 0.7)])
