"""Medians, spreads and ratios of what was measured."""
import statistics
from dataclasses import dataclass


def good(samples, key):
    return [one[key] for one in samples if "failed" not in one]


def failure(samples):
    """Why a contender failed, if it ever did."""
    return next((one["failed"] for one in samples if "failed" in one), None)


def pairs(samples, rival_samples, key):
    """What both measured, round by round."""
    return [(ours[key], rival[key]) for ours, rival in zip(samples, rival_samples)
            if "failed" not in ours and "failed" not in rival]


def ratio(samples, rival_samples, key):
    """The median of the ratios within each round: what changes for all during the hour cancels."""
    ratios = [ours / rival for ours, rival in pairs(samples, rival_samples, key) if rival > 0]
    return statistics.median(ratios) if ratios else None


def difference(samples, rival_samples, key):
    """The median of the differences within each round."""
    differences = [ours - rival for ours, rival in pairs(samples, rival_samples, key)]
    return statistics.median(differences) if differences else None


@dataclass(frozen=True)
class Verdict:
    work: str
    text: str
    wanted: str
    measured: float | None
    result: str  # "pass", "MISS" or "not measured"
    why: str = ""


def measured(target, samples):
    if target.rival:
        compare = difference if target.difference else ratio
        return compare(samples[target.ours], samples[target.rival], target.metric)
    return statistics.median(good(samples[target.ours], target.metric))


def unit(work, target):
    if target.rival and not target.difference:
        return 1
    return next(metric.unit for metric in work.metrics if metric.key == target.metric)


def judge(work, target, samples):
    """`samples`: of the work, by contender, or the text why it was skipped."""
    sign, scale = (">=" if target.at_least else "<="), unit(work, target)
    wanted = f"{sign} {target.limit / scale:g}"

    def unmeasured(why, result="not measured"):
        return Verdict(work.name, target.text, wanted, None, result, why)

    if isinstance(samples, str):
        return unmeasured("skipped")
    names = [target.ours, target.rival or target.ours]
    absent = [name for name in names if name not in samples]
    if absent:
        return unmeasured(f"no {absent[0]}")
    failed = [name for name in names if name.startswith("ferry") and failure(samples[name])]
    if failed:
        return unmeasured(f"{failed[0]}: {failure(samples[failed[0]])}", "MISS")
    value = measured(target, samples)
    if value is None:
        return unmeasured(f"{target.rival}: {failure(samples[target.rival])}")
    reached = value >= target.limit if target.at_least else value <= target.limit
    return Verdict(
        work.name, target.text, wanted, value / scale, "pass" if reached else "MISS")
