"""Colours, patterns and the style sheet of a picture: nothing is told by colour alone.

Each institution has a colour and a pattern of its own, and its letter stands in every part of a
bar that has room for it.  Contrasts are those of WCAG 2.2 AA (1.4.3: text 4.5, 1.4.11: graphics 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme: paper, inks, states of a decision, and one for each letter."""

    paper: str
    ink: str
    soft: str
    line: str
    track: str
    met: str
    unmet: str
    open: str
    fills: tuple[str, ...]


LIGHT = Palette(
    paper="#ffffff",
    ink="#17202c",
    soft="#4a5563",
    line="#6b7685",
    track="#eef1f5",
    met="#14612f",
    unmet="#9a2a1f",
    open="#75500a",
    fills=(
        "#1d4e80",
        "#9c4412",
        "#1f6b45",
        "#6a3390",
        "#7a5c00",
        "#9b1f5c",
        "#0c6870",
        "#4b5563",
    ),
)

DARK = Palette(
    paper="#12181f",
    ink="#eef2f6",
    soft="#b4bfcc",
    line="#8592a3",
    track="#1f2832",
    met="#7fd69c",
    unmet="#ffa59b",
    open="#f2c46d",
    fills=(
        "#86b8ea",
        "#f0a477",
        "#7fd0a3",
        "#cba6f2",
        "#e0c45f",
        "#f296bf",
        "#66cdd3",
        "#bcc5d1",
    ),
)

PATTERN_SIDE = 8
"""Width and height of one tile of a pattern, in pixels."""

PATTERNS = (
    "",
    "M4 2.4a1.6 1.6 0 1 0 .01 0z",
    "M0 3.2h8v1.4h-8z",
    "M3.2 0h1.4v8h-1.4z",
    "M0 3.3h8v1.2h-8zM3.3 0h1.2v8h-1.2z",
    "M0 0h4v4h-4zM4 4h4v4h-4z",
    "M0 5l4 -4 4 4v1.7l-4 -4 -4 4z",
    "M4 1l3 3 -3 3 -3 -3z",
)
"""What is drawn in a tile for each letter: nothing, dots, lines, grid, checks, waves, diamonds."""

HATCH = "M-2 2l4 -4M0 8l8 -8M6 10l4 -4"
"""Slanting lines for what is not certain; no institution has them as its own."""


def style_sheet() -> str:
    """Write the style sheet: light, then dark if the reader prefers it, then black for printers."""
    return "\n".join(
        (
            ".tally text{font-family:system-ui,'Segoe UI','DejaVu Sans',sans-serif}",
            ".tally{max-width:100%;height:auto;display:block;margin:0 auto}",
            *_rules(_colours(LIGHT)),
            "@media (prefers-color-scheme:dark){",
            *_rules(_colours(DARK)),
            "}",
            "@media print{",
            *_rules(_colours(PRINT)),
            ".tally .edge{stroke:#000000}",
            "}",
        )
    )


PRINT = Palette(
    paper="#ffffff",
    ink="#000000",
    soft="#000000",
    line="#000000",
    track="#ffffff",
    met="#000000",
    unmet="#000000",
    open="#000000",
    # The first letter has no lines to be told by, so it has a grey of its own.
    fills=("#c8c8c8", *("#ffffff",) * (len(PATTERNS) - 1)),
)
"""Black on white: patterns, letters, icons and words tell everything."""


def _rules(colours: Mapping[str, str]) -> list[str]:
    return [
        f".tally .{name}{{{declared}}}" if name else f".tally{{{declared}}}"
        for name, declared in colours.items()
    ]


def _colours(palette: Palette) -> dict[str, str]:
    """Name what each class of element looks like."""
    is_print = palette is PRINT
    rules = {
        "": f"background:{palette.paper}",
        "paper": f"fill:{palette.paper}",
        "ink": f"fill:{palette.ink}",
        "soft": f"fill:{palette.soft}",
        "rule": f"stroke:{palette.line}",
        "track": f"fill:{palette.track};stroke:{palette.line}",
        "edge": f"stroke:{palette.paper}",
        "halo": f"stroke:{palette.paper}",
        "bound": f"stroke:{palette.ink}",
        "tip": f"fill:{palette.ink}",
        "dots": f"fill:{palette.ink if is_print else palette.paper}",
    }
    for state in ("met", "unmet", "open"):
        colour = getattr(palette, state)
        rules[state] = f"fill:{colour}"
        rules[f"{state}-line"] = f"stroke:{colour}"
    for place, fill in enumerate(palette.fills):
        rules[f"f{place}"] = f"fill:{fill}"
        rules[f"s{place}"] = f"stroke:{palette.ink if is_print else fill}"
    return rules
