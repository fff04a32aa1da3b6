"""What can be wrong with the facts about frameworks, and the closed list of reasons."""

from __future__ import annotations

from credentials.errors import TallystickError


class FrameworkError(TallystickError):
    """A fact about a framework is not of the form that it must have."""

    code = "FRAMEWORK_ERROR"
