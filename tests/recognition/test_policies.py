"""Policies: what is read, what is refused and where, and who signs them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

import schemas
from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from frameworks.level_maps import MapPolicy
from recognition.case_files import read_facts_file, read_ruling_file, read_target_file
from recognition.deciding.payload import DIFFERENCES
from recognition.errors import RecognitionError
from recognition.policies.consistency import accepted_sources, require_consistent
from recognition.policies.credential import policy_document, read_policy_credential
from recognition.policies.reading import read_policy
from tallystick.adopters import Adopters
from tallystick.policies import open_policy
from tests.factories import ISSUER, STRANGER, sign, world
from tests.project import ROOT
from tests.recognition.factories import (
    DAY,
    REFERENCE,
    SENATE,
    gate,
    members,
    policy,
    policy_text,
    registers,
    toml,
)

EXAMPLES = schemas.recognition_policies()


def refused(text: str) -> RecognitionError:
    with pytest.raises(RecognitionError) as caught:
        read_policy(text)
    return caught.value


def test_three_examples_come_along() -> None:
    assert len(EXAMPLES) == 3
    readme = (schemas.loader._ROOT / "recognition-policies" / "README.md").read_text()
    assert [name for name in EXAMPLES if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound_and_agrees_with_the_reference_register(name: str) -> None:
    example = read_policy(EXAMPLES[name])
    require_consistent(example, accepted_sources(example, registers(), DAY))
    assert example.rules.are_in_force(date(2026, 12, 1))
    assert example.note.startswith("An example")
    assert example.mandate.ids
    assert all(".example." in one for one in (example.adoption.id, *example.mandate.ids))


def test_a_policy_is_read_whole() -> None:
    read = policy(
        valid_until="2027-12-31",
        rounding={"step": "1/2", "mode": "floor"},
        caps=[{"id": "rpl", "source_class": ["rpl"], "share": "1/3", "partial": True}],
    )
    assert read.rules.map_policy == MapPolicy(frozenset({"referenced", "compared"}))
    assert read.caps[0].limit(None) is None
    assert str(read.caps[0].limit(read.sampling.rate)) == "1/30"
    assert read.appeal.days == 30
    assert not read.rules.are_in_force(date(2028, 1, 1))


def test_the_digest_is_that_of_the_bytes() -> None:
    text = policy_text()
    assert read_policy(text).digest.startswith("uEi")
    assert read_policy(text).digest != read_policy(text + "# a remark\n").digest


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"unit": None}, ""),
        ({"colour": "blue"}, ""),
        ({"valid_from": "2026-13-01"}, ""),
        ({"valid_from": "01.01.2026"}, "/valid_from"),
        ({"gates": []}, "/gates"),
        ({"gates": [{"id": "x", "type": "accredited"}]}, "/gates/0"),
        ({"gates": [gate("accredited", on_fail="grant")]}, "/gates/0/on_fail"),
        ({"gates": [gate("overlap_min")]}, "/gates/0"),
        ({"gates": [gate("overlap_min", min=1)]}, "/gates/0/min"),
        ({"gates": [gate("max_age", years=2, boundary="inclusive", reference="x")]}, None),
        ({"gates": [gate("wealth_min", min="1")]}, "/gates/0/type"),
        ({"appeal": {"days": 0, "body": "x"}}, "/appeal/days"),
        ({"mandate": {"office": "x", "ids": [], "second_reader": "never"}}, "/mandate/ids"),
        ({"accepts": {"frameworks": ["nz-nzqcf"], "registers": []}}, "/accepts/registers"),
        ({"grant": "everything"}, "/grant"),
        ({"appeal": {"days": 30.0, "body": "x"}}, "/appeal/days"),
        ({"precedents": {"allowed": True, "years": 2.0}}, "/precedents/years"),
        ({"gates": [gate("max_age", years=5.0, boundary="inclusive")]}, "/gates/0/years"),
    ],
)
def test_what_has_not_the_form_of_a_policy_is_refused_with_its_place(
    change: dict[str, Any], place: str | None
) -> None:
    error = refused(policy_text(**change))
    assert error.code == "POLICY_MALFORMED"
    assert place is None or error.pointer == place


@pytest.mark.parametrize(
    "text", ["", "id = ", "id = 'x'", "x" * 200_000, "a.b.c.d.e.f.g.h.i.j = 1"]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    assert refused(text).code == "POLICY_MALFORMED"


SCALE = ["F", "C", "B", "A"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"valid_until": "2025-12-31"}, "/valid_until"),
        ({"review": "2028-06-30"}, "/review"),
        ({"review": "2025-06-30"}, "/review"),
        (
            {"adoption": {"body": "S", "id": "x", "resolution": "r", "adopted_on": "2026-02-01"}},
            "/adoption/adopted_on",
        ),
        ({"gates": [gate("accredited"), gate("accredited")]}, "/gates/1/id"),
        ({"gates": [gate("grade_min", scale=SCALE, min="D")]}, "/gates/0/min"),
        ({"gates": [gate("overlap_min", min="1.5")]}, "/gates/0/min"),
        (
            {"gates": [gate("kind_in", accept=["a"]), gate("kind_in", accept=["b"]) | {"id": "k"}]},
            "/gates/1",
        ),
        (
            {
                "gates": [
                    gate("field_in", prefixes=["06"]),
                    gate("field_in", prefixes=["07"]) | {"id": "f"},
                ]
            },
            "/gates/1",
        ),
        (
            {
                "gates": [
                    gate("language_in", accept=["fr-CA"]),
                    gate("language_in", accept=["en", "fr-FR"]) | {"id": "l"},
                ]
            },
            "/gates/1",
        ),
        ({"gates": [gate("level_min", framework="za-nqf", level="5")]}, "/accepts/frameworks"),
        ({"precedents": {"allowed": True}}, "/precedents/years"),
        ({"precedents": {"allowed": False, "years": 3}}, "/precedents/years"),
        ({"sampling": {"rate": "3/2", "body": "x"}}, "/sampling/rate"),
        (
            {"caps": [{"id": "c", "source_class": ["rpl"], "share": "2", "partial": True}]},
            "/caps/0/share",
        ),
        (
            {
                "scope": {"source_classes": ["formal"], "recognitions": ["specified"]},
                "caps": [{"id": "c", "source_class": ["rpl"], "amount": "2", "partial": True}],
            },
            "/caps/0/source_class",
        ),
        (
            {"caps": [{"id": "c", "source_class": ["rpl"], "amount": "2", "partial": True}] * 2},
            "/caps/1/id",
        ),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused_with_the_place(
    change: dict[str, Any], place: str
) -> None:
    error = refused(policy_text(**change))
    assert (error.code, error.pointer) == ("POLICY_CONTRADICTORY", place)


def test_a_language_and_a_region_of_it_can_both_be_asked_for() -> None:
    gates = [
        gate("language_in", accept=["fr"]),
        gate("language_in", accept=["fr-CA"]) | {"id": "region"},
    ]
    assert policy(gates=gates).rules.gates[1].id == "region"


RATIO = {"from": "cats", "to": "ects", "method": "formal-ratio", "ratio": "1/3"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (
            {"accepts": {"frameworks": ["xx-none"], "registers": [{"id": REFERENCE}]}},
            "/accepts/frameworks/0",
        ),
        ({"gates": [gate("level_min", framework="eu-eqf", level="9")]}, "/gates/0/level"),
        ({"unit": "gold"}, "/unit"),
        ({"conversions": [{**RATIO, "from": "gold"}]}, "/conversions/0/from"),
        ({"conversions": [RATIO]}, "/conversions/0/ratio"),
        (
            {"conversions": [{**RATIO, "from": "ceu", "to": "*", "ratio": "1"}]},
            "/conversions/0/to",
        ),
    ],
)
def test_a_policy_that_contradicts_its_registers_is_refused_with_the_place(
    change: dict[str, Any], place: str
) -> None:
    draft = policy(**change)
    with pytest.raises(RecognitionError) as caught:
        require_consistent(draft, accepted_sources(draft, registers(), DAY))
    assert (caught.value.code, caught.value.pointer) == ("POLICY_CONTRADICTS_REGISTER", place)


def test_a_scope_names_levels_that_the_registers_have() -> None:
    scope = {**members()["scope"], "levels": {"framework": "nz-nzqcf", "min": "0"}}
    draft = policy(scope=scope)
    with pytest.raises(RecognitionError) as caught:
        require_consistent(draft, accepted_sources(draft, registers(), DAY))
    assert caught.value.pointer == "/scope/levels"


@pytest.mark.parametrize("row", [{"id": "urn:x:other"}, {"id": REFERENCE, "edition": 2}])
def test_a_policy_needs_the_editions_that_it_rests_on(row: dict[str, Any]) -> None:
    draft = policy(accepts={"frameworks": ["nz-nzqcf"], "registers": [row]})
    with pytest.raises(RecognitionError) as caught:
        accepted_sources(draft, registers(), DAY)
    assert caught.value.code == "REGISTER_NOT_AT_HAND"


def signed(text: str | None = None, **options: Any) -> JsonObject:
    document = policy_document(read_policy(text or policy_text()), issuer=SENATE)
    return sign(document, signer=STRANGER, suite=options.get("suite", "eddsa-jcs-2022"))


def opened(
    document: JsonObject, adopters: frozenset[str] = frozenset({SENATE}), **more: Any
) -> Any:
    return open_policy(serialize_json(document), world=world(**more), adopters=Adopters(adopters))


def test_a_signed_policy_is_read_as_it_was_written() -> None:
    text = policy_text() + "# a remark that is signed, too\n"
    adopted = opened(signed(text))
    assert adopted.policy.text == text
    assert adopted.adopter == SENATE


def test_only_the_adopter_signs_a_policy() -> None:
    with pytest.raises(RecognitionError) as caught:
        policy_document(policy(), issuer=ISSUER)
    assert caught.value.code == "POLICY_OF_OTHER_ADOPTER"
    document = policy_document(policy(), issuer=SENATE)
    document["issuer"] = {"id": ISSUER, "name": "Senate"}
    with pytest.raises(RecognitionError) as caught:
        opened(sign(document, suite="eddsa-jcs-2022"), frozenset({ISSUER}))
    assert caught.value.code == "POLICY_OF_OTHER_ADOPTER"


def test_a_policy_of_somebody_who_is_not_believed_is_refused() -> None:
    for adopters in (frozenset[str](), frozenset({ISSUER})):
        with pytest.raises(VerificationError) as caught:
            opened(signed(), adopters)
        assert caught.value.code == "POLICY_SIGNER_NOT_BELIEVED"


def test_a_policy_is_signed_with_its_suite() -> None:
    with pytest.raises(VerificationError) as caught:
        opened(signed(suite="eddsa-rdfc-2022"))
    assert caught.value.code == "POLICY_SUITE"


@pytest.mark.parametrize("year", [2025, 2028])
def test_a_signed_policy_is_opened_only_while_it_is_in_force(year: int) -> None:
    with pytest.raises(VerificationError):
        opened(signed(), now=datetime(year, 6, 1, tzinfo=UTC))


def test_a_changed_policy_does_not_verify() -> None:
    document = signed()
    text = document["credentialSubject"]["policyText"].replace('"refuse"', '"refer"')
    document["credentialSubject"]["policyText"] = text
    with pytest.raises(VerificationError) as caught:
        opened(document)
    assert caught.value.code == "SIGNATURE_INVALID"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another title"},
        {"id": "urn:x:other"},
        {"validUntil": "2030-01-01T00:00:00Z"},
        {"type": ["VerifiableCredential"]},
        {"credentialSubject": {"id": "urn:tallystick:policy:tests"}},
    ],
)
def test_a_policy_credential_says_what_its_policy_says(change: JsonObject) -> None:
    document = {**policy_document(policy(), issuer=SENATE), **change}
    with pytest.raises(RecognitionError) as caught:
        read_policy_credential(document)
    assert caught.value.code == "POLICY_CREDENTIAL_MALFORMED"


def test_unsigned_registers_count_after_signed_ones_and_only_if_named() -> None:
    accepted = accepted_sources(policy(), registers(), DAY)
    assert [one.register.description.id for one in accepted.sources] == [REFERENCE]
    assert accepted.about("nz-nzqcf")
    nobody = replace(accepted, sources=())
    assert nobody.about("nz-nzqcf") == ()


def test_the_writer_of_these_tests_writes_the_form_that_is_read() -> None:
    assert read_policy(toml(members())).id == "tests"


def test_the_documentation_names_every_member_type_and_code() -> None:
    text = (ROOT / "docs" / "recognition-policies.md").read_text(encoding="utf-8")
    schema = schemas.json_schema("recognition-policy")
    types = schema["$defs"]["gate"]["properties"]["type"]["enum"]
    words = (*schema["properties"], *types, *DIFFERENCES)
    assert [word for word in words if f"`{word}`" not in text] == []
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    shown = {block.split()[0]: block for block in blocks}
    assert read_target_file(shown["component"]).amount.amount == 20
    assert read_facts_file(shown["[[facts]]"]).facts["overlap"].by == "assessor:j.smith"
    assert read_ruling_file(shown["assessor"]).second_reader == "assessor:k.brown"
