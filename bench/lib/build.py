"""Builds our three helpers, and ferry by way of its own script."""
import os
import subprocess
import sys

from lib import process
from lib.work import Failed

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCH)
OUTPUT = f"{ROOT}/build/bench"
MEASURE = f"{OUTPUT}/measure"
SPLICE = f"{OUTPUT}/splice_loop"
SENDFILE = f"{OUTPUT}/sendfile_loop"
FERRY = f"{ROOT}/build/release/ferry"


def compile_helper(name, *options):
    source, program = f"{BENCH}/{name}.cpp", f"{OUTPUT}/{name}"
    newest = max(os.path.getmtime(path) for path in (source, f"{BENCH}/raw_http.hpp"))
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return
    process.call(
        ["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-o", program, source, *options], 120)


def helpers():
    os.makedirs(OUTPUT, exist_ok=True)
    compile_helper("splice_loop")
    compile_helper("sendfile_loop")
    compile_helper("measure", "-static")


def ferry():
    """-> path of the binary: $FERRY_BIN, else what ./cli/ferry builds; None if there is none."""
    chosen = os.environ.get("FERRY_BIN")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise Failed(f"FERRY_BIN={chosen} cannot be run")
        return os.path.abspath(chosen)
    script = f"{ROOT}/cli/ferry"
    if os.path.exists(script):
        print("bench: building ferry", file=sys.stderr)
        process.call([script, "--version"], 3600)
    return FERRY if os.access(FERRY, os.X_OK) else None


def version(program):
    """The first line that a program says about itself; also warms its file and libraries."""
    option = "-v" if program == "nginx" else "--version"
    said = subprocess.run(
        [program, option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace")
    return said.stdout.strip().splitlines()[0] if said.stdout.strip() else "unknown"
