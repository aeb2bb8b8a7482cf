"""Runs the contenders of a work in turn, round by round, each round with another one first: A B C,
B C A … so that nobody always finds what the same other one leaves behind."""
import statistics
import sys
import tempfile

from lib import data, process
from lib.others import Watch
from lib.work import Failed, Skipped


def run_once(setting, work, contender, thorough):
    """One run into a fresh folder -> its sample."""
    out = tempfile.mkdtemp(dir=setting.destination(work))
    try:
        if work.destination == "disk":  # nobody pays for what another left dirty
            process.call(["sync"], setting.options.timeout)
        command = contender.command(out)
        if work.sampler:
            return work.sampler(setting, command, out)
        watch = Watch(setting.server.process.pid)
        sample = setting.meter.measure(command)
        sample["others"] = watch.busy(sample)
        setting.sources.check(work.source, out, thorough)
        return sample
    finally:
        if not work.keep:
            data.remove(out)


def run_sample(setting, work, contender, thorough):
    """The median of the work's repetitions, or what went wrong."""
    try:
        samples = [run_once(setting, work, contender, thorough) for _ in range(work.repeat)]
        return {key: statistics.median(one[key] for one in samples) for key in samples[0]}
    except Failed as failure:
        return {"failed": str(failure)}


def present(setting, work):
    there = [one for one in work.contenders if setting.has(one.program)]
    if not there:
        raise Skipped("none of its programs is there")
    return there


def say(text):
    print(text, end="", file=sys.stderr, flush=True)


def brief(work, sample):
    if "failed" in sample:
        return f"failed ({sample['failed']})"
    metric = work.metrics[0]
    return f"{sample[metric.key] / metric.unit:.{metric.digits}f}"


def run_work(setting, work):
    """-> {contender: [sample of each round]}; Skipped if it cannot be done here."""
    folder = setting.destination(work)
    if work.destination == "disk" and data.is_memory(folder):
        raise Skipped(f"{folder} is memory, not a disk (choose another with --disk)")
    contenders = present(setting, work)
    setting.sources.prepare(work.source)
    data.need_room(folder, work.room, f"--{work.destination}")
    try:
        with work.during(), data.memory_in_hand(setting.memory, work.room * 5 // 4):
            return run_rounds(setting, work, contenders)
    except Failed as failure:
        return {contender.name: [{"failed": str(failure)}] for contender in contenders}
    finally:
        if work.keep:
            data.remove_all_in(folder)


def run_rounds(setting, work, contenders):
    samples = {contender.name: [] for contender in contenders}
    rounds = min(setting.options.rounds * work.more_rounds, work.most_rounds)
    for number in range(rounds):
        say(f"{work.name} {number + 1}/{rounds}:")
        first = number % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            sample = run_sample(setting, work, contender, thorough=number == 0)
            samples[contender.name].append(sample)
            say(f"  {contender.name} {brief(work, sample)}")
        say("\n")
    return samples
