"""What can be wrong with policies, and with what is to be decided by them."""

from __future__ import annotations

from frameworks.errors import FrameworkError


class RecognitionError(FrameworkError):
    """Nothing is decided: a policy, a fact or a ruling cannot be used."""

    code = "RECOGNITION_ERROR"
