"""Policies in plain words: complete, beside their source, in three languages, and compared."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

import schemas
from recognition.policies.comparing import ChangeKind, compare, text_differences
from recognition.policies.in_words import HEADINGS, Section, explain
from recognition.policies.phrases import spoken
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy
from recognition.policies.source_lines import SourceLines
from tallystick.policy_words_command import CatalogueVoice
from tests.recognition.factories import gate, members, policy, policy_text, toml

EXAMPLES = schemas.recognition_policies()
SCHEMA = schemas.json_schema("recognition-policy")
SCALE = ["D", "C", "B", "A"]
GATES = {
    "kind_in": {"accept": ["Course"]},
    "assessment_in": {"accept": ["project"]},
    "language_in": {"accept": ["mi"]},
    "quality_assurance_in": {"accept": ["external"]},
    "accredited": {},
    "identity_verified": {},
    "not_redeemed": {},
    "credits_equal": {},
    "credits_min": {},
    "level_min": {"framework": "nz-nzqcf", "level": "5"},
    "overlap_min": {"min": "3/4"},
    "hours_min": {"min": "100"},
    "grade_min": {"scale": SCALE, "min": "C"},
    "assurance_min": {"scale": SCALE, "min": "B"},
    "max_age": {"years": 5, "boundary": "inclusive"},
    "field_in": {"prefixes": ["06", "07"]},
}
FULL = {
    "programmes": ["BENG"],
    "fields": ["07"],
    "levels": {"framework": "nz-nzqcf", "min": "4", "max": "6"},
}


def full(**changes: Any) -> Policy:
    """Read a policy that has every optional member."""
    scope = {**members()["scope"], **FULL}
    whole = {
        "scope": scope,
        "map_policy": {"kinds": ["referenced"], "via": ["eu-eqf"]},
        "method": "formal-ratio",
        "conversions": [conversion()],
        "rounding": {"step": "1/2", "mode": "floor"},
        "interval": "lower",
        "caps": [cap()],
        "source": "a law",
        "status": "draft",
        "note": "Read it well.",
        "adoption": {**members()["adoption"], "adopted_on": "2025-12-01"},
    }
    return policy(**{**whole, **changes})


def conversion(**changes: Any) -> dict[str, Any]:
    one = {"id": "own", "from": "ects", "to": "nzqcf", "method": "receiver-policy", "ratio": "2"}
    return without({**one, "authority": "Senate", **changes})


def cap(**changes: Any) -> dict[str, Any]:
    one = {"id": "rpl", "source_class": ["rpl"], "amount": "12", "partial": True}
    return without({**one, **changes})


def without(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def within(name: str, **changes: Any) -> dict[str, Any]:
    """Change members of a table of the full policy."""
    return {name: without({**tomllib.loads(full().text)[name], **changes})}


def words_of(one: Policy) -> str:
    return "\n".join(spoken(said) for clause in explain(one) for said in clause.phrases)


def in_gate(kind: str, **changes: Any) -> dict[str, Any]:
    return {"gates": [gate(kind, **{**GATES[kind], **changes})]}


CHANGES: dict[str, dict[str, Any]] = {
    "/id": {"id": "other"},
    "/version": {"version": "2"},
    "/title": {"title": "Another"},
    "/valid_from": {"valid_from": "2026-02-01"},
    "/valid_until": {"valid_until": "2027-11-30"},
    "/review": {"review": "2027-07-31"},
    "/source": {"source": "another law"},
    "/status": {"status": "adopted"},
    "/note": {"note": "Read it better."},
    "/adoption/body": within("adoption", body="Council"),
    "/adoption/id": within("adoption", id="did:web:other.example"),
    "/adoption/resolution": within("adoption", resolution="S2"),
    "/adoption/adopted_on": within("adoption", adopted_on="2025-12-02"),
    "/mandate/office": within("mandate", office="Dean"),
    "/mandate/ids": within("mandate", ids=["did:web:other.example"]),
    "/mandate/second_reader": within("mandate", second_reader="always"),
    "/scope/programmes": within("scope", programmes=["BSC"]),
    "/scope/fields": within("scope", fields=["06"]),
    "/scope/levels/framework": within("scope", levels={"framework": "eu-eqf", "min": "4"}),
    "/scope/levels/min": within("scope", levels={**FULL["levels"], "min": "5"}),
    "/scope/levels/max": within("scope", levels={"framework": "nz-nzqcf", "min": "4"}),
    "/scope/source_classes": within("scope", source_classes=["rpl"]),
    "/scope/recognitions": within("scope", recognitions=["block"]),
    "/accepts/frameworks": within("accepts", frameworks=["nz-nzqcf", "eu-eqf"]),
    "/accepts/registers/id": within("accepts", registers=[{"id": "urn:x"}]),
    "/accepts/registers/edition": within("accepts", registers=[{"id": "urn:x", "edition": 7}]),
    "/map_policy/kinds": within("map_policy", kinds=["compared"]),
    "/map_policy/via": within("map_policy", via=["ie-nfq"]),
    "/map_policy/inverse": within("map_policy", inverse=True),
    "/map_policy/check_paths": within("map_policy", check_paths=True),
    "/map_policy/choose": within("map_policy", choose="lowest"),
    "/unit": {"unit": "ects"},
    "/method": {"method": "notional-hours"},
    "/conversions/id": {"conversions": [conversion(id="ours")]},
    "/conversions/from": {"conversions": [conversion(**{"from": "scqf"})]},
    "/conversions/to": {"conversions": [conversion(to="scqf")]},
    "/conversions/method": {"conversions": [conversion(method="not-convertible", ratio=None)]},
    "/conversions/ratio": {"conversions": [conversion(ratio="3")]},
    "/conversions/authority": {"conversions": [conversion(authority="Others")]},
    "/conversions/reversible": {"conversions": [conversion(reversible=True)]},
    "/rounding/step": {"rounding": {"step": "1", "mode": "floor"}},
    "/rounding/mode": {"rounding": {"step": "1/2", "mode": "half-even"}},
    "/grant": {"grant": "target"},
    "/interval": {"interval": "refer"},
    "/caps/id": {"caps": [cap(id="other")]},
    "/caps/source_class": {"caps": [cap(source_class=["formal"])]},
    "/caps/amount": {"caps": [cap(amount="13")]},
    "/caps/share": {"caps": [cap(amount=None, share="1/3")]},
    "/caps/partial": {"caps": [cap(partial=False)]},
    "/precedents/allowed": within("precedents", allowed=False, years=None),
    "/precedents/years": within("precedents", years=3),
    "/precedents/bind_policy_version": within("precedents", bind_policy_version=True),
    "/sampling/rate": within("sampling", rate="1/5"),
    "/sampling/body": within("sampling", body="Council"),
    "/appeal/days": within("appeal", days=31),
    "/appeal/body": within("appeal", body="Council"),
    "/gates": {"gates": [gate("accredited") | {"id": "other"}]},
}
"""For each member of a policy another value of it."""

GATE_CHANGES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "on_fail": [("accredited", {"on_fail": "refer"})],
    "route": [
        ("accredited", {"route": name})
        for name in ("RPL_EVIDENCE", "SUPPLEMENTARY_WORK", "ASSESSOR_REVIEW")
    ],
    "accept": [(f"{name}_in", {"accept": ["xx"]}) for name in ("kind", "assessment", "language")]
    + [("quality_assurance_in", {"accept": ["internal"]})],
    "framework": [("level_min", {"framework": "eu-eqf"})],
    "level": [("level_min", {"level": "6"})],
    "min": [
        ("overlap_min", {"min": "2/3"}),
        ("hours_min", {"min": "120"}),
        ("grade_min", {"min": "A"}),
        ("assurance_min", {"min": "A"}),
    ],
    "scale": [(f"{name}_min", {"scale": ["C", "B"]}) for name in ("grade", "assurance")],
    "years": [("max_age", {"years": 1})],
    "boundary": [("max_age", {"boundary": "exclusive"})],
    "reference": [("max_age", {"reference": "programme_start"})],
    "reference_date": [("max_age", {"reference_date": "2026-09-01"})],
    "prefixes": [("field_in", {"prefixes": ["06"]})],
}


def leaves(schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Name every member that the schema of a policy knows, gates left out."""
    for name, member in schema["properties"].items():
        inner = member.get("items", member)
        if "properties" in inner:
            yield from leaves(inner, f"{place}/{name}")
        else:
            yield f"{place}/{name}"


def gate_members() -> set[str]:
    rows = SCHEMA["$defs"]["gate"]["allOf"]
    found = {name for row in rows for name in row["then"]["properties"]}
    return found - {"id", "type"}


def test_no_member_of_a_policy_and_no_type_of_gate_is_forgotten_here() -> None:
    assert set(leaves(SCHEMA)) == set(CHANGES)
    assert set(GATES) == set(SCHEMA["$defs"]["gate"]["properties"]["type"]["enum"])
    assert gate_members() == set(GATE_CHANGES)


@pytest.mark.parametrize("place", CHANGES)
def test_every_member_is_said(place: str) -> None:
    before, after = full(), full(**CHANGES[place])
    told = compare(before, after)
    assert told
    said = [(one.gone, one.new, one.name) for one in told]
    assert len(set(map(str, said))) == len(said)
    top = place.split("/")[1]
    clauses = [one for change in told for one in (change.before, change.after) if one is not None]
    assert any(pointer.startswith(f"/{top}") for one in clauses for pointer in one.pointers)


@pytest.mark.parametrize("kind", GATES)
def test_every_type_of_gate_has_a_sentence_of_its_own(kind: str) -> None:
    said = {other: words_of(policy(**in_gate(other))) for other in GATES}
    assert list(said.values()).count(said[kind]) == 1
    (change,) = (
        one for one in compare(policy(), policy(**in_gate(kind))) if one.key == f"gate:{kind}"
    )
    assert change.kind is ChangeKind.ADDED


@pytest.mark.parametrize(
    ("kind", "change"), [pair for pairs in GATE_CHANGES.values() for pair in pairs]
)
def test_every_member_of_a_gate_is_said(kind: str, change: dict[str, Any]) -> None:
    before = policy(**in_gate(kind, **({"scale": SCALE, "min": "B"} if "scale" in change else {})))
    after = policy(**in_gate(kind, **{**({"min": "B"} if "scale" in change else {}), **change}))
    (told,) = compare(before, after)
    assert told.kind is ChangeKind.CHANGED
    assert told.gone or told.new


@pytest.mark.parametrize("tag", ["fr-CA", "es"])
def test_every_sentence_is_said_in_every_language(tag: str) -> None:
    voice = CatalogueVoice(tag)
    everything = [policy(**in_gate(kind)) for kind in GATES]
    everything += [full(**change) for change in CHANGES.values()]
    phrases = (said for one in everything for clause in explain(one) for said in clause.phrases)
    told = {spoken(said): said for said in phrases}
    same = {text for text, said in told.items() if text == spoken(said, voice)}
    assert {one for one in same if not one.startswith("Note: ")} == set()
    assert [text for text in HEADINGS.values() if voice.say(text) == text] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_line_of_an_example_is_beside_a_sentence(name: str) -> None:
    example = read_policy(EXAMPLES[name])
    source = SourceLines(example.text)
    shown = {
        number
        for clause in explain(example)
        for lines in source.of(*clause.pointers)
        for number in range(lines.first, lines.last + 1)
    }
    texts = enumerate(example.text.splitlines(), start=1)
    hidden = [text for number, text in texts if number not in shown and text.strip()]
    assert [text for text in hidden if text not in ("[scope]", "[accepts]")] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_lines_beside_a_gate_say_that_gate(name: str) -> None:
    example = read_policy(EXAMPLES[name])
    source = SourceLines(example.text)
    for position, one in enumerate(tomllib.loads(example.text)["gates"]):
        (lines,) = source.of(f"/gates/{position}")
        assert tomllib.loads(lines.text) == {"gates": [one]}
        assert lines.text == "\n".join(example.text.splitlines()[lines.first - 1 : lines.last])


def test_lines_are_found_whatever_form_the_text_has() -> None:
    text = """\
# Over all.

# About a.
a.b = "x" # not [this]
note = '''
[gates]
''''

list = [ # of rows
  { c = "]" }, "#",
]
[t]
"d e" = \"\"\"\\\" \"\"\"
[[rows]]
f = 1
[rows.inner]
g = 2
[[rows]]
h = 3"""
    source = SourceLines(text)
    assert [source.of(place)[0].text for place in ("/a/b", "/note", "/t/d e", "/rows/1")] == [
        '# About a.\na.b = "x" # not [this]',
        "note = '''\n[gates]\n''''",
        '"d e" = """\\" """',
        "[[rows]]\nh = 3",
    ]
    assert source.of("/list/0/c") == source.of("/list")
    assert (source.of("/list")[0].first, source.of("/list")[0].last) == (9, 11)
    assert source.of("/rows/0/inner/g")[0].text == "g = 2"
    assert source.of("/nothing") == ()


def test_lines_of_a_long_text_take_no_longer_than_their_length() -> None:
    text = policy_text(note="x" * 1_000) + "# [\n" * 20_000
    assert SourceLines(text).of("/note")[0].first > 1


def test_what_a_policy_says_by_default_has_no_lines() -> None:
    assert SourceLines(policy_text(rounding=None)).of("/rounding") == ()


def test_a_compared_version_tells_amounts_and_days_in_words() -> None:
    before = policy(gates=[gate("hours_min", min="100")])
    after = policy(gates=[gate("hours_min", min="120")], valid_until="2027-11-30")
    told = [
        (one.kind, [spoken(said) for said in one.gone], [spoken(said) for said in one.new])
        for one in compare(before, after)
    ]
    assert told == [
        (
            ChangeKind.CHANGED,
            ["Decisions are made by it from 2026-01-01 until 2027-12-31, both days included."],
            ["Decisions are made by it from 2026-01-01 until 2027-11-30, both days included."],
        ),
        (
            ChangeKind.CHANGED,
            ["The learning took at least 100 hours."],
            ["The learning took at least 120 hours."],
        ),
    ]


def test_the_order_of_gates_is_a_difference_and_remarks_of_the_text_are_none() -> None:
    gates = [gate("accredited"), gate("identity_verified")]
    before, after = policy(gates=gates), policy(gates=gates[::-1])
    assert {one.kind for one in compare(before, after)} == {ChangeKind.MOVED}
    text = policy_text()
    remarked = read_policy(text + "# Only a remark.\n")
    assert compare(read_policy(text), remarked) == ()
    assert "+# Only a remark." in text_differences(read_policy(text), remarked)


def test_conversions_of_one_name_are_told_apart() -> None:
    one, other = conversion(id=None), conversion(id=None, ratio="3")
    before, after = policy(conversions=[one, other]), policy(conversions=[one])
    (change,) = compare(before, after)
    assert change.kind is ChangeKind.REMOVED
    assert "3" in spoken(change.gone[0])


def test_a_policy_that_formats_is_only_text() -> None:
    said = words_of(policy(title="%(id)s %s 100%", note="{0} %d"))
    assert "%(id)s %s 100%: version 1" in said
    assert "Note: {0} %d" in said


def test_sections_come_in_their_order() -> None:
    order = [one.section for one in explain(full())]
    assert order == sorted(order, key=list(Section).index)
    assert set(order) == set(Section)
    assert toml(members()) == policy_text()
