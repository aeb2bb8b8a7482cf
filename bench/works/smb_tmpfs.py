"""Claim: a big file from a share, signed, takes 0.8 of smbclient's time."""
from lib.samba import Samba
from lib.work import Contender, Target, Work


def describe(setting):
    ferry, samba = setting.ferry, Samba(setting)
    return Work(
        name="smb-tmpfs",
        title=f"one file of {setting.size >> 20} MiB, SMB (signed) to memory",
        source="big", destination="tmpfs", room=setting.size, during=samba.running,
        baseline="smbclient get",
        contenders=[
            Contender(
                "ferry", ferry, lambda out: samba.ferry(ferry, "big", "-o", f"{out}/big")),
            Contender(
                "ferry -c 4", ferry,
                lambda out: samba.ferry(ferry, "big", "-o", f"{out}/big", "-c", "4")),
            Contender(
                "smbclient get", "smbclient",
                lambda out: samba.smbclient(f"get big {out}/big")),
            Contender(
                "smbclient, unsigned", "smbclient",
                lambda out: samba.smbclient(f"get big {out}/big", protection="off")),
        ],
        targets=[Target("wall, of smbclient's", "wall", "ferry", "smbclient get", 0.8)])
