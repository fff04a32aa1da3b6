"""What can be applied for: a receiving component under an adopted policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from credentials.json_types import JsonObject
from recognition.case_files import WantedOutcomes, read_target_file, read_wanted_outcomes
from recognition.deciding.case import Target
from recognition.desk.checked import UnusableError


@dataclass(frozen=True, slots=True)
class AwardTerms:
    """What makes an award of a block that is granted.

    `members` say what the award says (the short form of a request, without learner); `edition`
    names the edition of its rule that the office adopted; `is_read_over` says that a second person
    confirms each grant.
    """

    members: JsonObject
    edition: str
    is_read_over: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to apply for; `name` stands in addresses, `title` is what people read.

    `policy_credential` is the policy as its adopter signed it: it is opened anew for every
    decision, so that one that is not believed any more decides nothing.  `target_text` is the
    receiving component (docs/recognition-policies.md, section 8), `block_rule` the award rule of a
    block, if it is one, and `award` what is issued for a block that is granted.
    """

    name: str
    title: str
    policy_credential: bytes
    target_text: str
    block_rule: str | None = None
    award: AwardTerms | None = None

    def require_award(self) -> AwardTerms:
        """Give the terms of an award; raise `UnusableError` where none is offered."""
        if self.award is None or self.block_rule is None:
            text = "No award can be applied for under this name."
            raise UnusableError(text, code="NO_AWARD_OFFERED")
        return self.award

    @property
    def target(self) -> Target:
        """Read the receiving component; raise `RecognitionError` (CASE_MALFORMED)."""
        return read_target_file(self.target_text)

    @property
    def wanted(self) -> WantedOutcomes:
        """Read the outcomes of the receiving component, with their language."""
        return read_wanted_outcomes(self.target_text)


Offers = Callable[[], Mapping[str, Offer]]
"""Tells what can be applied for now, by name."""
