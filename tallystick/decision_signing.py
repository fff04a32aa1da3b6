"""Signing decisions of a recognition office, for its commands and for its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from frameworks.registers import Registers
from keys.did import Resolver
from recognition.deciding.decide import RecognitionDecision
from recognition.decision_credential import decision_document
from recognition.register_of_decisions import DecisionStatuses, Place
from recognition.releasing import Sign
from service.status_ledger import GiveEntry
from tallystick import composition, settings

GiveStatus = Callable[[str, Place | None, str, datetime], JsonObject | None]
"""Gives the credential of an id its entry of a status list, if it gets one: as which decision of
which case it is recorded, of whom the list must be, and when.  It is on the disk before the
decision is signed."""


@dataclass(frozen=True, slots=True)
class SigningOffice:
    """The key that signs decisions, by which list they can be withdrawn, and what is looked up."""

    key_uri: str
    registers: Registers
    resolver: Resolver | None
    now: Callable[[], datetime]
    status: GiveStatus

    def signs(self, policy_credential: bytes) -> Sign:
        """Give what signs decisions by a policy, which comes along as it was signed."""

        def sign(decision: RecognitionDecision, place: Place | None) -> bytes:
            key, identifier = settings.signing_key(self.key_uri), composition.new_id()
            owner, at = key.record.controller, self.now()
            document = decision_document(
                decision,
                identifier=identifier,
                issuer=owner,
                policy_credential=policy_credential.decode("utf-8"),
                registers=self.registers,
                now=at,
                status=self.status(identifier, place, owner, at),
            )
            signed = composition.sign_decision(key, document, self.resolver)
            return serialize_json_for_people(signed)

        return sign


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list that an option names, made by "tallystick status new" in the same database."""

    statuses: DecisionStatuses
    giving: Callable[[str], GiveEntry]

    def entry(
        self, identifier: str, place: Place | None, owner: str, at: datetime
    ) -> JsonObject | None:
        """Give a recorded decision an entry of the list."""
        if place is None:
            return None
        return self.statuses.give(place, identifier, self.giving(owner), at)


def no_status(
    _identifier: str, _place: Place | None, _owner: str, _at: datetime
) -> JsonObject | None:
    """Give a decision no entry: it cannot be withdrawn by a list."""
    return None
