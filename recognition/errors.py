"""What can go wrong with recognition."""

from __future__ import annotations

from credentials.errors import TallystickError


class RecognitionError(TallystickError):
    """A policy, a decision or what is said about one is not what it must be."""

    code = "RECOGNITION_ERROR"
