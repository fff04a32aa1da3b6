"""Documents that are like others before them are read as if each were the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest

import schemas
from credentials.errors import LimitExceededError
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.compiled import ContextCompiler, templates
from credentials.linked_data.compiled.readings import ExchangedReading, Reading, Readings
from tests.credentials.linked_data.mutations import VALUES
from tests.credentials.linked_data.test_compiled import rich
from tools import bench_workload

SUBJECT = "/credentialSubject"
SLOTS = (
    *("/id", "/validFrom", f"{SUBJECT}/id", f"{SUBJECT}/creditsEarned"),
    *(f"{SUBJECT}/result/0/value", f"{SUBJECT}/result/1/value"),
    f"{SUBJECT}/result/1/resultDescription",
    f"{SUBJECT}/identifier/0/salt",
)
"""What differs between the documents of a course."""


def badge() -> JsonObject:
    """Build a badge with two results and a hashed identity: blank nodes that slots touch."""
    document = rich()
    subject = document["credentialSubject"]
    subject["result"].append({**subject["result"][0], "value": "B"})
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": "sha256$ab",
            "identityType": "emailAddress",
            "salt": "s",
        }
    ]
    return document


def place_of(document: JsonObject, pointer: str) -> tuple[Any, str | int]:
    """Find what a JSON pointer leads into, and the last step."""
    *steps, last = pointer.split("/")[1:]
    value: Any = document
    for step in steps:
        value = value[int(step) if isinstance(value, list) else step]
    return value, int(last) if isinstance(value, list) else last


def value_at(document: JsonObject, pointer: str) -> JsonValue:
    """Read what a JSON pointer names."""
    value, last = place_of(document, pointer)
    return value[last]


def with_values(values: Sequence[JsonValue]) -> JsonObject:
    """Build the badge with these values, in the order of `SLOTS`."""
    document = badge()
    for pointer, value in zip(SLOTS, values, strict=True):
        holder, last = place_of(document, pointer)
        holder[last] = value
    return document


DEFAULTS = [value_at(badge(), slot) for slot in SLOTS]


def fresh() -> Readings:
    """Begin with nothing kept."""
    return Readings(ContextCompiler(schemas.load_context))


def said(reading: Reading | None, limits: Limits = DEFAULT_LIMITS) -> tuple[object, ...] | None:
    """Tell all that anybody asks of a reading."""
    if reading is None:
        return None
    facts = (reading.values, reading.contexts, reading.embedded, reading.returns)
    texts = [reading.n_quads(algorithm, limits) for algorithm in ("SHA-256", "SHA-384")]
    return (*facts, reading.has_usual_contexts, reading.graph.count_statements(), *texts)


def roster(rows: int) -> Iterator[JsonObject]:
    """Make up badges of one course."""
    return (bench_workload.badge(number) for number in range(rows))


def test_a_roster_is_read_by_exchanging_values() -> None:
    readings, kinds = fresh(), []
    for document in roster(30):
        found = readings.read(document)
        assert said(found) == said(fresh().read(document))
        kinds.append(type(found))
    assert kinds[:2] == [Reading, Reading]
    assert kinds[-20:] == [ExchangedReading] * 20


def test_any_values_are_read_as_by_themselves() -> None:
    random, readings, exchanged = Random(11), fresh(), 0
    odd = [*VALUES, badge()["issuer"]["id"], badge()["id"], "A", "did:example:learner"]
    for turn in range(150):
        values = DEFAULTS.copy()
        for index in random.sample(range(len(SLOTS)), random.randint(1, 3)):
            if turn % 2:
                values[index] = random.choice(odd)
            elif isinstance(values[index], str) and "validFrom" not in SLOTS[index]:
                values[index] = f"urn:uuid:{turn}:{index}"
        document = with_values(values)
        found = readings.read(document)
        assert said(found) == said(fresh().read(document))
        exchanged += type(found) is ExchangedReading
    assert exchanged > 15


def with_credits(value: JsonValue) -> JsonObject:
    """Make up a badge that differs in its credits, and in its id with them."""
    document = badge()
    document["credentialSubject"]["creditsEarned"] = value
    return document | {"id": f"urn:x:{value!r}".replace("'", "")}


def test_values_that_python_takes_for_equal_are_told_apart() -> None:
    readings = fresh()
    for value in (1, 2, 3, True, 1.0, 1.5, "1", 1, True, 0, False, -0.0, 0.0):
        document = with_credits(value)
        assert said(readings.read(document)) == said(fresh().read(document))


def test_other_classes_contexts_and_members_are_no_mere_values() -> None:
    readings = fresh()
    list(map(readings.read, roster(6)))
    changes: tuple[JsonObject, ...] = (
        {"type": ["VerifiableCredential", "AchievementCredential"]},
        {"@context": bench_workload.badge()["@context"][:1]},
        {"nothing": "that is defined"},
        {"name": {"@value": "Welding"}},
        {"awardedDate": ["2026-01-14T16:30:00Z"]},
        {"id": bench_workload.badge()["credentialSubject"]["achievement"]["id"]},
    )
    for change in changes:
        document = bench_workload.badge(99) | change
        assert said(readings.read(document)) == said(fresh().read(document))
    turned = dict(reversed(bench_workload.badge(98).items()))
    assert said(readings.read(turned)) == said(fresh().read(turned))


def test_limits_hold_for_what_is_exchanged() -> None:
    readings = fresh()
    found = [readings.read(document) for document in roster(10)][-1]
    assert isinstance(found, ExchangedReading)
    few = Limits(blank_nodes=3)
    for reading in (found, fresh().read(bench_workload.badge(9))):
        assert reading is not None
        with pytest.raises(LimitExceededError, match="too many parts") as raised:
            reading.n_quads("SHA-256", few)
        assert raised.value.code == "TOO_COMPLEX"


def test_many_courses_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "TEMPLATES_BYTES", 20_000)
    readings = fresh()
    for number in range(12):
        for turn in range(4):
            document = bench_workload.badge(turn)
            document["issuer"]["name"] = f"Institution {number}"
            readings.read(document)
    kept = readings._templates.kept
    assert 1 < len(kept) <= 20
    assert kept.weight <= 20_000
    places = {place for place_of, _course in kept.answers() if (place := place_of())}
    assert sum(len(place.templates) for place in places) == len(kept)


def test_what_fits_nothing_is_learnt_from_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings, learnt = fresh(), []
    learn = templates.Templates._learnt

    def counted(self: templates.Templates, *arguments: object) -> templates.Template:
        learnt.append(1)
        return learn(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(templates.Templates, "_learnt", counted)
    for number in range(70):
        # No two in succession have as many classes.
        document = badge() | {
            "type": ["VerifiableCredential", *["OpenBadgeCredential"] * (number % 5)]
        }
        readings.read(document | {"id": f"urn:x:{number}"})
    assert 5 <= len(learnt) <= templates.TRIES + 4
