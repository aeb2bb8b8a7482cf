"""The tables and the JSON file."""
import json
import os
import platform
import statistics
import time
from dataclasses import asdict

from lib import build, summary


def columns(rows, indent="  "):
    """Aligns rows: the first column to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        yield indent + "  ".join(cells).rstrip()


def spread(values, metric):
    if not values:
        return "failed"
    shown = [f"{value / metric.unit:.{metric.digits}f}"
             for value in (statistics.median(values), min(values), max(values))]
    return f"{shown[0]} ({shown[1]}–{shown[2]})"


def compared(work, samples, mine, metric):
    value = summary.ratio(mine, samples.get(work.baseline, []), metric.key)
    return "" if value is None else f"{value:.2f}"


def header(work):
    row = [""]
    for metric in work.metrics:
        row.append(metric.heading)
        if metric.compared:
            row.append(f"of {work.baseline}")
    return row


def row(work, samples, name):
    cells = [name]
    for metric in work.metrics:
        cells.append(spread(summary.good(samples[name], metric.key), metric))
        if metric.compared:
            cells.append(compared(work, samples, samples[name], metric))
    return cells


def print_work(work, samples):
    """The table of a work; `samples` may be the text why it was skipped."""
    print(f"\n{work.name}: {work.title}")
    if isinstance(samples, str):
        print(f"  skipped: {samples}")
        return
    print(*columns([header(work)] + [row(work, samples, name) for name in samples]), sep="\n")
    for name, mine in samples.items():
        if summary.failure(mine):
            times = sum("failed" in one for one in mine)
            print(f"  {name} failed {times} of {len(mine)} times: {summary.failure(mine)}")


def print_verdicts(verdicts):
    print("\nTargets (medians; ratios and differences are taken within each round)")
    rows = [["", "wanted", "measured", ""]]
    for one in verdicts:
        measured = "–" if one.measured is None else f"{one.measured:.2f}"
        rows.append([f"{one.work}: {one.text}", one.wanted, measured, one.result])
    for line, one in zip(columns(rows), [None, *verdicts]):
        print(line + (f": {one.why}" if one and one.why else ""))


def machine():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as info:
        models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return {"cpus": os.cpu_count(), "model": models[0] if models else platform.machine(),
            "kernel": platform.release(), "load": os.getloadavg()[0]}


def write_json(path, setting, results, verdicts):
    programs = ["nginx", "curl", "wget", "wget2", "aria2c", setting.ferry]
    document = {
        "version": 1, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine(),
        "programs": {os.path.basename(program): build.version(program)
                     for program in programs if setting.has(program)},
        "size": setting.size, "files": setting.count, "jobs": setting.jobs,
        "rounds": setting.options.rounds,
        "works": {
            work.name: {"skipped": samples} if isinstance(samples, str) else samples
            for work, samples in results},
        "verdicts": [asdict(one) for one in verdicts],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
