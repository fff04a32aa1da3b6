"""A desk that issues awards: a certificate of forty credits, twenty of them at level 5."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.store import KeyRecord, StoredKey
from recognition.desk import Offer
from recognition.desk.cases import CameBy, Case, Document
from recognition.desk.offers import AwardTerms
from recognition.register_of_decisions import Place
from tallystick import settings
from tallystick.desk_awards import DeskAwards
from tests.factories import CREATED, LEARNER, SIGNER, method_of, sign
from tests.recognition.desk.desks import PASSES, TestDesk, policy_credential
from tests.recognition.factories import REGISTRAR, registers
from tests.stacking.stacks import component
from tests.verifier.test_awards import STATEMENT

RULE = """id = "certificate"
title = "Certificate of forty credits"
unit = "nzqcf"
framework = "nz-nzqcf"
source = "college-rules"

[[constraints]]
id = "total"
type = "sum"
min = "40"

[[constraints]]
id = "at_5"
type = "min_at_or_above_level"
level = "5"
amount = "20"
"""
HARDER = RULE.replace('min = "40"', 'min = "60"')
TARGET = """component = "CERT1"
amount = "40"
unit = "nzqcf"
recognition = "block"
level = { framework = "nz-nzqcf", code = "5" }
"""
NEVER = {"office": "Registrar", "ids": [REGISTRAR], "second_reader": "never"}


def own_key(_uri: str) -> StoredKey:
    """Give the key of the registrar of the tests, whatever is asked for."""
    record = KeyRecord(
        name="registrar",
        controller=REGISTRAR,
        verification_method=method_of(SIGNER),
        key=SIGNER.verification_key,
        created=CREATED,
    )
    return StoredKey(record, SIGNER)


def furnish(desk: TestDesk, folder: Path, patch: pytest.MonkeyPatch) -> TestDesk:
    """Have a desk issue awards, whose ledger is a file in a folder."""
    patch.setattr(settings, "signing_key", own_key)

    def give(identifier: str, place: Place | None, _owner: str, _at: datetime) -> JsonObject | None:
        return desk.give(identifier, place)

    status = give if desk.has_lists else None
    desk.awarding = DeskAwards("file:key", registers(), None, status, folder / "ledger.json")
    offer(desk)
    return desk


def offer(
    desk: TestDesk,
    rule: str = RULE,
    *,
    is_read_over: bool = False,
    says: JsonObject = STATEMENT,
    **policy: Any,
) -> None:
    """Offer the certificate, by another rule or another policy than usual."""
    signed = policy_credential(**{"gates": PASSES, "mandate": NEVER, **policy})
    terms = AwardTerms(says, "2026", is_read_over)
    desk.offers["certificate"] = Offer("certificate", "Certificate", signed, TARGET, rule, terms)


def piece(name: str, **changes: Any) -> bytes:
    """Sign a component of twenty credits at level 5."""
    return serialize_json(sign(component(name, **changes)))


def applied(
    desk: TestDesk, *documents: bytes, applicant: str | None = LEARNER, **changes: Any
) -> Case:
    """Have the certificate applied for by a presentation, and examined."""
    named: Sequence[Document] = [
        Document(f"credential {number}", one) for number, one in enumerate(documents, 1)
    ]
    case = desk.case(
        offer="certificate",
        documents=tuple(named),
        came_by=CameBy.PRESENTATION,
        applicant=applicant,
        **changes,
    )
    return desk.settling.examine(desk.act, case)
