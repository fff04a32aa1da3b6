"""What can be wrong with award rules and lots."""

from __future__ import annotations

from frameworks.errors import FrameworkError


class StackingError(FrameworkError):
    """An award rule or a lot cannot be computed with."""

    code = "STACKING_ERROR"
