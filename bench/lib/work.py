"""What a work, its contenders and its targets are: plain values, no I/O."""
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Callable


class Failed(Exception):
    """A command did not do its work: the run counts as failed, never as fast."""


class Skipped(Exception):
    """A work cannot be done here; the text says why."""


@dataclass(frozen=True)
class Contender:
    name: str  # as in the tables
    program: str  # what must be there for it to take part
    command: Callable  # output folder -> list of words


@dataclass(frozen=True)
class Target:
    """A limit for ours / rival, taken within each round; without a rival for `ours` itself. What is
    no ratio is shown in the unit of its metric."""

    text: str
    metric: str
    ours: str
    rival: str | None
    limit: float
    at_least: bool = False  # the ratio shall reach the limit instead of staying below it
    difference: bool = False  # ours - rival instead of the ratio


@dataclass(frozen=True)
class Metric:
    key: str
    heading: str
    unit: float = 1  # what one shown unit is in terms of the sample
    digits: int = 2
    compared: bool = True  # has a column with the ratio to the baseline


RESOURCES = (
    Metric("wall", "wall s", digits=3),
    Metric("cpu", "CPU s", digits=3),
    Metric("memory", "peak MiB", unit=1 << 20, digits=1, compared=False),
    Metric("others", "CPUs of others", digits=1, compared=False),
)


@dataclass(frozen=True)
class Work:
    name: str
    title: str
    source: str  # "big", "part", "many", "some", "tiny" or "none"
    destination: str  # "tmpfs" or "disk"
    room: int  # bytes that one run needs at the destination
    contenders: list
    targets: list = field(default_factory=list)
    baseline: str = "curl"
    repeat: int = 1  # runs that make one sample, by their median
    most_rounds: int = 1000
    more_rounds: int = 1  # times as many as wanted: of what is short, and compared closely
    keep: bool = False  # the outputs of all runs stay until the work is done
    metrics: tuple = RESOURCES
    sampler: Callable | None = None  # (setting, command, out) -> sample; else run and check
    during: Callable = nullcontext  # () -> a context that all its rounds run in
