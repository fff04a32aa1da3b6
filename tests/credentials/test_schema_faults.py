"""The quick validator of JSON Schema against the slower one, which finds the words."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from credentials.json_types import JsonObject
from credentials.open_badges import open_badge_findings, open_badges_class, schema_of
from credentials.schema_faults import schema_faults
from tests import conformance
from tests.credentials.linked_data.mutations import mutated
from tests.factories import sign, unsigned, unsigned_record

KINDS = ("OpenBadgeCredential", "EndorsementCredential", "ClrCredential")
QUICK = {kind: jsonschema_rs.Draft202012Validator(schema_of(kind)) for kind in KINDS}


def both(document: JsonObject, kind: str) -> tuple[bool, bool]:
    """Ask both validators."""
    is_valid = not list(schema_faults(document, kind, schema_of(kind)))
    return QUICK[kind].is_valid(document), is_valid


@pytest.mark.parametrize("document", [sign(unsigned()), unsigned_record()])
def test_both_validators_judge_changed_documents_alike(document: JsonObject) -> None:
    kind = open_badges_class(document)
    assert kind is not None
    verdicts = [both(mutated(document, seed), kind) for seed in range(300)]
    assert [quick for quick, _slow in verdicts] == [slow for _quick, slow in verdicts]
    assert (False, False) in verdicts


def test_both_validators_accept_a_usual_badge() -> None:
    assert both(sign(unsigned()), "OpenBadgeCredential") == (True, True)


def test_both_validators_judge_official_documents_alike() -> None:
    folder = conformance.conformance_folder() / "ob30"
    verdicts = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if path.name != "expected.json":
            verdicts += [both(document, kind) for kind in KINDS]
    assert len(verdicts) > 50
    assert all(quick == slow for quick, slow in verdicts)


def test_a_lone_surrogate_is_judged_by_the_slower_validator() -> None:
    document = unsigned(name="\ud800")
    codes = [finding.code for finding in open_badge_findings(document)]
    assert codes == []
    document["type"] = ["OpenBadgeCredential"]
    assert "SCHEMA_VALUE" in {finding.code for finding in open_badge_findings(document)}


@pytest.mark.parametrize("ending", ["\n", "\ufeff"])
def test_what_only_one_validator_refuses_is_refused(ending: str) -> None:
    """Python's `$` lets a last line break through, and its `\\s` an invisible character."""
    document = unsigned(id="urn:x:1" + ending)
    assert both(document, "OpenBadgeCredential") == (False, True)
    assert [finding.code for finding in open_badge_findings(document)] == ["SCHEMA_ERROR"]


def test_the_order_of_types_does_not_choose_the_class() -> None:
    names = ["VerifiableCredential", "EndorsementCredential", "OpenBadgeCredential"]
    kinds = {open_badges_class({"type": order}) for order in (names, names[::-1])}
    assert kinds == {"OpenBadgeCredential"}
