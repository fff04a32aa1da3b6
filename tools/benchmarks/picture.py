"""The picture of cost against size: SVG by a template, with its figures as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tools.benchmarks.documents import SIZES, bytes_of_size
from tools.benchmarks.rounds import Result
from tools.benchmarks.rows import DIGITALBAZAAR, OURS, PYLD

WIDTH, HEIGHT = 720, 460
LEFT, RIGHT, TOP, BOTTOM = 80, 170, 70, 60
LINES = ((OURS, "#0b5d3b", ""), (DIGITALBAZAAR, "#8a2d0a", "7 4"), (PYLD, "#1f3f8f", "2 4"))
"""Sides with a colour and a pattern of dashes each; every line has its name at its end, too."""

LETTERING = 16
"""Height of a line of text."""

GRID = (0.1, 1, 10, 100, 1_000)
TEMPLATE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="title description" font-family="sans-serif" font-size="13" fill="#1b1b1b">
<title id="title">Cost of issuing a badge against its size</title>
<desc id="description">{description}</desc>
<rect width="{width}" height="{height}" fill="#ffffff"/>
<text x="20" y="28" font-size="16" font-weight="bold">Cost of issuing, by size</text>
<text x="20" y="48">Milliseconds of processor time, by kilobytes; logarithmic scales.</text>
{body}
</svg>
"""


def picture(results: Sequence[Result]) -> str:
    """Draw the cost of issuing for each side that was measured at every size."""
    measured = {result.row.id: result for result in results}
    rows = [measured[f"size_issue_{size}"] for size in SIZES]
    kilobytes = [bytes_of_size(size) / 1_000 for size in SIZES]
    costs = {
        name: [row.milliseconds(name) for row in rows]
        for name, _colour, _dashes in LINES
        if all(row.answers.get(name) for row in rows)
    }
    scale = _Scale(kilobytes, [cost for values in costs.values() for cost in values])
    parts = [*scale.grid()]
    ends = scale.ends({name: values[-1] for name, values in costs.items()})
    for name, colour, dashes in LINES:
        if name in costs:
            parts += scale.line(name, colour, dashes, costs[name], ends[name])
    description = " ".join(
        f"{name}: "
        + ", ".join(
            f"{cost:.2f} ms at {size:.1f} kB" for size, cost in zip(kilobytes, values, strict=True)
        )
        + "."
        for name, values in costs.items()
    )
    return TEMPLATE.format(
        width=WIDTH, height=HEIGHT, description=description, body="\n".join(parts)
    )


class _Scale:
    """Where sizes and costs are in the picture."""

    def __init__(self, sizes: Sequence[float], costs: Sequence[float]) -> None:
        self._sizes = sizes
        self._across = (math.log10(min(sizes)), math.log10(max(sizes)))
        lowest, highest = math.log10(min(costs)), math.log10(max(costs))
        self._up = (math.floor(lowest * 2) / 2, math.ceil(highest * 2) / 2)

    def x(self, size: float) -> float:
        """Place a size."""
        low, high = self._across
        return LEFT + (math.log10(size) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(self, cost: float) -> float:
        """Place a cost."""
        low, high = self._up
        return HEIGHT - BOTTOM - (math.log10(cost) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        """Draw the axes with their figures."""
        parts = []
        for cost in GRID:
            if self._up[0] <= math.log10(cost) <= self._up[1]:
                y = self.y(cost)
                parts.append(
                    f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" '
                    'stroke="#c8c8c8"/>'
                )
                parts.append(
                    f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{cost:g} ms</text>'
                )
        for size in self._sizes:
            x = self.x(size)
            parts.append(
                f'<line x1="{x:.1f}" y1="{HEIGHT - BOTTOM}" x2="{x:.1f}" '
                f'y2="{HEIGHT - BOTTOM + 6}" stroke="#1b1b1b"/>'
            )
            parts.append(
                f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">'
                f"{size:.1f} kB</text>"
            )
        return parts

    def ends(self, last: dict[str, float]) -> dict[str, float]:
        """Place the names at the ends of the lines, from below, none over another."""
        places: dict[str, float] = {}
        lowest = float(HEIGHT)
        for name in sorted(last, key=last.__getitem__):
            lowest = places[name] = min(self.y(last[name]) + 4, lowest - LETTERING)
        return places

    def line(
        self, name: str, colour: str, dashes: str, costs: Sequence[float], end: float
    ) -> list[str]:
        """Draw the costs of a side, with its name at the end."""
        places = [(self.x(s), self.y(c)) for s, c in zip(self._sizes, costs, strict=True)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        x, _y = places[-1]
        style = f'fill="none" stroke="{colour}" stroke-dasharray="{dashes or "none"}"'
        return [
            f'<polyline points="{points}" {style} stroke-width="2.5"/>',
            *marks,
            f'<text x="{x + 10:.1f}" y="{end:.1f}" fill="{colour}">{name}</text>',
        ]
