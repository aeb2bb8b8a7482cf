"""Measures ferry beside its rivals, against a web server of its own on this machine.

Every work is done by all contenders in turn, A B C, B C A, for several rounds; each run starts with
an empty folder, and what it brought is checked: in the first round byte by byte, later by names
and sizes. A run that fails counts as failed, never as fast. Times are those of the process, from
start to end; CPU is user + system, children included; ratios are taken within each round, then
their median. "CPUs of others" is what neither the contender nor the server used: near 0, or the
machine was not ours alone and the times are not to be trusted. (What the kernel does by itself
counts too, such as writing to the disk.) Jobs are given to a daemon of the work's own; its
FERRY_HOME is on the disk to measure. The tables are printed; the samples go to
build/bench/results.json, a chart to build/bench/results.svg.

Works: {works}.

The ferry that is measured is what ./cli/ferry builds, or $FERRY_BIN. Missing programs are
installed (Debian, Ubuntu); a rival that is not there is left out.
Exit code: 0 all targets measured were reached, 1 not so, 2 usage or no way to measure.
"""
import argparse
import re
import shutil
import signal
import sys

import works
from lib import build, chart, report, rounds, summary
from lib.setting import Setting
from lib.work import Failed, Skipped

NEEDED = ("nginx", "openssl", "g++", "curl")


def size(text):
    match = re.fullmatch(r"(\d+)([KMG]?)", text.upper())
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a size, such as 512M or 2G")
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2]]


def positive(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return int(text)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="bench/run", description=__doc__.format(works=", ".join(works.ALL)),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--rounds", type=positive, metavar="N", help="rounds of each work (5)")
    add("--only", action="append", choices=works.ALL, metavar="WORK",
        help="only this work; repeatable")
    add("--quick", action="store_true",
        help="small files and two rounds: shows that all of it works, not who is faster")
    add("--rivals", action="store_true", help="without ferry, which is then not built either")
    add("--size", type=size, help="of the big file (2G)")
    add("--tmpfs", default="/dev/shm", metavar="DIR",
        help="memory for the source and for one output: twice the size (/dev/shm)")
    add("--disk", default=build.OUTPUT, metavar="DIR", help="on the disk to measure (build/bench)")
    add("--workers", type=positive, default=1, metavar="N",
        help="processes of the web server (1: with two CPUs, one is left to the contender)")
    add("--timeout", type=positive, default=180, metavar="S", help="for each command (180)")
    options = parser.parse_args(arguments)
    quick = options.quick
    options.rounds = options.rounds or (2 if quick else 5)
    options.size = options.size or (128 << 20 if quick else 2 << 30)
    options.part = 64 << 20 if quick else 256 << 20  # one connection takes 3 or 13 seconds
    options.count = 500 if quick else 5000
    options.repeat = 5 if quick else 20
    options.jobs = 500 if quick else 10000
    options.idle = 5 if quick else 20  # seconds
    return options


def measure(setting):
    """-> [(work, samples or why it was skipped)], printed as they come."""
    results = []
    for name, module in works.ALL.items():
        if setting.options.only and name not in setting.options.only:
            continue
        work = module.describe(setting)
        try:
            samples = rounds.run_work(setting, work)
        except Skipped as why:
            samples = str(why)
        report.print_work(work, samples)
        results.append((work, samples))
    return results


def judge(results):
    return [summary.judge(work, target, samples)
            for work, samples in results for target in work.targets]


def run(options):
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        raise Failed(f"missing: {', '.join(missing)}")
    ferry = None if options.rivals else build.ferry()
    if not ferry:
        print("bench: no ferry, only its rivals are measured", file=sys.stderr)
    with Setting(options, ferry) as setting:
        results = measure(setting)
        verdicts = judge(results)
        report.print_verdicts(verdicts)
        report.write_json(f"{build.OUTPUT}/results.json", setting, results, verdicts)
    chart.write_svg(f"{build.OUTPUT}/results.svg", results)
    if options.quick:
        print("\n--quick: too small and too few to judge by")
    return 1 if any(one.result == "MISS" for one in verdicts) else 0


def stop(*_):
    """Leaves through all the clean-up, like Ctrl-C; a second signal must not cut that short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    options = parse(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        return run(options)
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
