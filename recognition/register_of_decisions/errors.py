"""What can go wrong with the register of decisions."""

from __future__ import annotations

from recognition.errors import RecognitionError


class RegisterError(RecognitionError):
    """Something cannot be recorded, or is not in the register."""

    code = "DECISION_REGISTER_ERROR"


class CaseDecidedError(RegisterError):
    """Somebody else has decided the case; `entry_id` and `sequence` name their entry."""

    code = "CASE_DECIDED"

    def __init__(self, message: str, *, sequence: int, entry_id: str) -> None:
        """Name the entry that won."""
        super().__init__(message)
        self.sequence = sequence
        self.entry_id = entry_id


class AppealError(RegisterError):
    """An appeal is in the way, or there is none."""

    code = "APPEAL_ERROR"


class ChainBrokenError(RegisterError):
    """The register is not what was written; `sequence` is the first entry that shows it."""

    code = "CHAIN_BROKEN"

    def __init__(self, message: str, *, sequence: int, code: str | None = None) -> None:
        """Name the entry at which it shows."""
        super().__init__(message, code=code)
        self.sequence = sequence
