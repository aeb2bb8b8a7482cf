"""The served files, the room they need, and whether a run brought them over unharmed."""
import contextlib
import os
import shutil
import subprocess
import tempfile

from lib.work import Failed, Skipped

BLOCK = 4 << 20
PAGE = 4096
SMALL = 4096  # bytes of each of the many files, and of the tiny one
SOME = 1000  # at most: the first of the many


def fill(path, size):
    """Random bytes, never repeated: a block in the wrong place cannot go unnoticed."""
    with open(path, "wb") as file:
        while size > 0:
            size -= file.write(os.urandom(min(BLOCK, size)))


@contextlib.contextmanager
def memory_in_hand(folder, size):
    """Free memory for the runs of a work, that stays with us. A virtual machine gives memory that
    is free for two seconds back to its host, and to get a page again costs several times what a
    download does with it: the host would be measured. It gives back large blocks only, and what is
    free in small ones is taken first: so we have memory of that size, free it, but for a page in
    each few megabytes."""
    if free_room(folder) <= size:
        yield
        return
    with tempfile.TemporaryFile(dir=folder, buffering=0) as kept:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as freed:
            for _ in range(size // BLOCK):
                freed.write(bytes(BLOCK - PAGE))
                kept.write(bytes(PAGE))
        yield


def received(folder):
    """Bytes in an output folder, journals aside. Blocks are looked at as well as the length: a file
    whose length was set beforehand grows in blocks only."""
    total = 0
    for entry in os.scandir(folder):
        if entry.name.endswith(".json"):
            continue
        with contextlib.suppress(FileNotFoundError):  # renamed between the two calls
            there = entry.stat()
            total += min(there.st_size, there.st_blocks * 512)
    return total


def same_bytes(left, right):
    with open(left, "rb") as one, open(right, "rb") as other:
        while True:
            block = one.read(BLOCK)
            if block != other.read(BLOCK):
                return False
            if not block:
                return True


def free_memory():
    with open("/proc/meminfo", encoding="ascii") as info:
        fields = dict(line.split(":") for line in info)
    return int(fields["MemAvailable"].split()[0]) * 1024


def is_memory(folder):
    kind = subprocess.run(
        ["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, timeout=30, check=True)
    return kind.stdout.strip() in ("tmpfs", "ramfs")


def free_room(folder):
    """Bytes that can be put there; in a memory file system no more than there is memory."""
    there = os.statvfs(folder)
    room = there.f_bavail * there.f_frsize
    return min(room, free_memory()) if is_memory(folder) else room


def need_room(folder, size, option):
    size += 64 << 20  # for the journal of a file system, and for others
    room = free_room(folder)
    if room < size:
        raise Skipped(f"{folder} has room for {room >> 20} MiB, {size >> 20} are needed "
                      f"(choose another with {option}, or a smaller --size)")


class Sources:
    """Makes the served files when they are first asked for. They stay until the end."""

    def __init__(self, folder, size, part, count):
        self.folder = folder
        many = [f"many/{number:05}.bin" for number in range(count)]
        self.names = {
            "none": {},
            "big": {"big": size},
            "part": {"part": part},
            "tiny": {"tiny": SMALL},
            "many": dict.fromkeys(many, SMALL),
            "some": dict.fromkeys(many[:SOME], SMALL),
        }

    def prepare(self, source):
        """Makes what is not there yet."""
        todo = {name: size for name, size in self.names[source].items()
                if not os.path.exists(os.path.join(self.folder, name))}
        need_room(self.folder, sum(todo.values()), "--tmpfs")
        for name, size in todo.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            fill(path, size)

    def check(self, source, out, thorough):
        """Failed unless `out` holds exactly the files of `source`."""
        expected = {os.path.basename(name): (name, size)
                    for name, size in self.names[source].items()}
        found = set(os.listdir(out))
        if found != expected.keys():
            odd = sorted(found ^ expected.keys())
            raise Failed(f"{len(odd)} files missing or not expected, such as {odd[0]}")
        for here, (name, size) in expected.items():
            path = os.path.join(out, here)
            if os.path.getsize(path) != size:
                raise Failed(f"{here} has {os.path.getsize(path)} bytes instead of {size}")
            if thorough and not same_bytes(path, os.path.join(self.folder, name)):
                raise Failed(f"{here} has other content than the source")


def remove(path):
    shutil.rmtree(path, ignore_errors=True)


def remove_all_in(folder):
    for name in os.listdir(folder):
        remove(os.path.join(folder, name))
