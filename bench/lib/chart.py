"""An SVG of the medians: a group of bars a work, our own in colour, whiskers from min to max."""
import statistics
from html import escape

from lib import summary

WIDTH, LABEL, BAR, GAP, HEAD = 760, 190, 16, 5, 30
ROOM = WIDTH - LABEL - 130  # for the longest whisker; the numbers stand to its right

# Readable on light and on dark pages alike: many a viewer knows no CSS, so the light one is first.
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600 }
.number { font-variant-numeric: tabular-nums }
.ours { fill: #1a6fb5 } .rival { fill: #b4b9bf } .whisker { stroke: #333 }
.page { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .whisker { stroke: #ddd } .page { fill: #16191d }
  .ours { fill: #4a9ee0 } .rival { fill: #5b6067 }
}
"""


def bar(name, values, metric, scale, top):
    middle, low, high = statistics.median(values), min(values), max(values)
    kind = "ours" if name.startswith("ferry") else "rival"
    line = top + BAR / 2
    end = LABEL + high * scale
    return [
        f'<text x="{LABEL - 8}" y="{top + 12}" text-anchor="end">{escape(name)}</text>',
        f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{max(1, middle * scale):.1f}" '
        f'height="{BAR}" rx="2"/>',
        f'<path class="whisker" d="M{LABEL + low * scale:.1f} {line}H{end:.1f}"/>',
        f'<text class="number" x="{end + 8:.1f}" y="{top + 12}">'
        f'{middle / metric.unit:.{metric.digits}f}</text>',
    ]


def group(work, samples, top):
    """-> (elements, height) of one work, by its first metric."""
    metric = work.metrics[0]
    values = {name: summary.good(mine, metric.key) for name, mine in samples.items()}
    values = {name: mine for name, mine in values.items() if mine}
    title = escape(f"{work.title}: {metric.heading}")
    elements = [f'<text class="title" x="8" y="{top + 18}">{title}</text>']
    scale = ROOM / (max((max(mine) for mine in values.values()), default=0) or 1)
    for number, (name, mine) in enumerate(values.items()):
        elements += bar(name, mine, metric, scale, top + HEAD + number * (BAR + GAP))
    return elements, HEAD + len(values) * (BAR + GAP) + 16


def write_svg(path, results):
    elements, height = [], 8
    for work, samples in results:
        if not isinstance(samples, str):
            more, used = group(work, samples, height)
            elements += more
            height += used
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}">',
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{height}"/>',
            *elements, "</svg>", ""]))
