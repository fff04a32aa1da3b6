"""Signing decisions of a recognition office, for its commands and for its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from credentials.strict_json import serialize_json_for_people
from frameworks.registers import Registers
from keys.did import Resolver
from recognition.deciding.decide import RecognitionDecision
from recognition.decision_credential import decision_document
from recognition.releasing import Sign
from tallystick import composition, settings
from tallystick.status_ledger_in_use import StatusChoice


@dataclass(frozen=True, slots=True)
class SigningOffice:
    """The key that signs decisions, by which list they can be withdrawn, and what is looked up."""

    key_uri: str
    registers: Registers
    resolver: Resolver | None
    now: Callable[[], datetime]
    status: StatusChoice = StatusChoice(None, None)  # noqa: RUF009 - a frozen value

    def signs(self, policy_credential: bytes) -> Sign:
        """Give what signs decisions by a policy, which comes along as it was signed."""

        def sign(decision: RecognitionDecision) -> bytes:
            key, identifier = settings.signing_key(self.key_uri), composition.new_id()
            owner, at = key.record.controller, self.now()
            document = decision_document(
                decision,
                identifier=identifier,
                issuer=owner,
                policy_credential=policy_credential.decode("utf-8"),
                registers=self.registers,
                now=at,
                status=self.status.entry(identifier, owner, at),
            )
            signed = composition.sign_decision(key, document, self.resolver)
            return serialize_json_for_people(signed)

        return sign
