"""The register of decisions: what was decided, appealed, superseded and reviewed, for good.

Entries are only ever added, each with the hash of the one before (docs/register-of-decisions.md).
"""

from recognition.register_of_decisions.act_records import (
    Act,
    ActKind,
    FiguresPublished,
    PolicyAdopted,
    PolicyName,
    PolicySuspended,
    PolicySuspendedError,
    SampleDrawn,
    SuspensionLifted,
    suspension_of,
)
from recognition.register_of_decisions.acts import OversightActs
from recognition.register_of_decisions.appealing import is_too_late, last_day_to_appeal
from recognition.register_of_decisions.chain import Checkpoint, check_entries
from recognition.register_of_decisions.entries import Entry, EntryKind, hash_of
from recognition.register_of_decisions.errors import (
    AppealError,
    CaseDecidedError,
    ChainBrokenError,
    RegisterError,
)
from recognition.register_of_decisions.recording import (
    Appeal,
    Decision,
    ReviewMark,
    Ruling,
    Supersession,
    appeal_against,
    case_decided,
    decision_in_force,
    replaced_decisions,
)
from recognition.register_of_decisions.register import Precedent, RegisterOfDecisions
from recognition.register_of_decisions.statuses import (
    DecisionStatus,
    DecisionStatuses,
    Place,
)

__all__ = [
    "Act",
    "ActKind",
    "Appeal",
    "AppealError",
    "CaseDecidedError",
    "ChainBrokenError",
    "Checkpoint",
    "Decision",
    "DecisionStatus",
    "DecisionStatuses",
    "Entry",
    "EntryKind",
    "FiguresPublished",
    "OversightActs",
    "Place",
    "PolicyAdopted",
    "PolicyName",
    "PolicySuspended",
    "PolicySuspendedError",
    "Precedent",
    "RegisterError",
    "RegisterOfDecisions",
    "ReviewMark",
    "Ruling",
    "SampleDrawn",
    "Supersession",
    "SuspensionLifted",
    "appeal_against",
    "case_decided",
    "check_entries",
    "decision_in_force",
    "hash_of",
    "is_too_late",
    "last_day_to_appeal",
    "replaced_decisions",
    "suspension_of",
]
