"""What can go wrong where a register is published."""

from __future__ import annotations

from credentials.errors import TallystickError


class NotListedError(TallystickError):
    """The register has no row of this name."""

    code = "NOT_LISTED"
