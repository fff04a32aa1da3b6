"""Where the official vectors and fixtures are.

They are never part of the project.  `TALLYSTICK_CONFORMANCE_DATA` names their folder; without it
they are looked for beside the project.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_VARIABLE = "TALLYSTICK_CONFORMANCE_DATA"
REQUIRED_VARIABLE = "TALLYSTICK_REQUIRE_CONFORMANCE"
ABSENT = "conformance data absent"
"""How the reason of such a skip begins; the summary counts tests by it."""


def conformance_folder() -> Path:
    """Return the folder that is meant, whether it is there or not."""
    stated = os.environ.get(FOLDER_VARIABLE)
    root = Path(__file__).resolve().parent.parent
    return Path(stated).resolve() if stated else root.parent / "shared" / "conformance"


def is_present(folder: Path) -> bool:
    """Tell whether the data is there; half a folder does not count."""
    return (folder / "MANIFEST.sha256").is_file()


def is_required() -> bool:
    """Tell whether absent data is a failure, as in continuous integration."""
    return os.environ.get(REQUIRED_VARIABLE, "0") not in ("", "0")
