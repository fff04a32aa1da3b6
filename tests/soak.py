"""How often what is drawn by chance is tried: a few in the suite, all of them with `make soak`."""

from __future__ import annotations

import os

VARIABLE = "TALLYSTICK_SOAK"
IS_SOAK = os.environ.get(VARIABLE, "0") not in ("", "0")


def repetitions(few: int, *, soak: int) -> int:
    """Say how many examples to try: the suite is run often, and draws the same ones each time."""
    return soak if IS_SOAK else few
