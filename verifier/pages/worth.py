"""Level and credits: what the credential says, and what that is in the reader's own framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from credentials.json_types import JsonObject, as_list
from frameworks.evidence import AssuranceClass
from frameworks.registers import Registers
from frameworks.viewpoints import Viewpoint
from service.pages import N_
from service.pages.languages import amount_in_words, day_in_words

CLASSES: Mapping[str, tuple[str, str]] = {
    AssuranceClass.A: (
        "good",
        N_("The framework's own authority lists or endorses it with these values."),
    ),
    AssuranceClass.B: ("good", N_("Assigned by a body that was accredited for it on that day.")),
    AssuranceClass.C: (
        "warn",
        N_(
            "Recognised by a decision of an institution you believe; decided again here, with "
            "the same result."
        ),
    ),
    AssuranceClass.D: ("warn", N_("Declared by the issuer alone; nobody else stands behind it.")),
}
"""Who stands behind a value, by class."""

METHODS: Mapping[str, str] = {
    "formal-ratio": N_("by a ratio that both sides have agreed on"),
    "full-time-year": N_("by comparing what counts as a full year of study"),
    "notional-hours": N_("by comparing the hours of learning behind one credit"),
    "receiver-policy": N_("by a rule of the receiving institution"),
}
"""How credits were converted."""

CERTAINTY = {
    "sourced": N_("from a published source"),
    "verified": N_("from a published source, looked over by a person"),
    "derived": N_("computed from published figures, not published itself"),
    "general-knowledge": N_("general knowledge, not verified"),
    "withheld": N_("left open, as the sources disagree"),
}
"""How sure a figure of a register is."""

LINKS = {
    "listing": N_("listed by"),
    "endorsement": N_("endorsed by"),
    "accreditation": N_("accredited by"),
    "decision": N_("recognised by"),
}
"""Steps of a chain of assurance."""


class Words(NamedTuple):
    """What registers say in words: titles of sources by key, levels by framework and code."""

    titles: Mapping[str, str]
    summaries: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, registers: Registers | None) -> Words:
        """Collect the words of all registers in use."""
        tables = [one.register.tables for one in (registers.sources if registers else ())]
        return cls(
            {row.key: row.title for one in tables for row in one.sources},
            {(row.framework, row.code): row.summary or "" for one in tables for row in one.levels},
        )


class Step(NamedTuple):
    """A step of a chain of assurance: a text to be said, and by whom."""

    how: str
    by: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a figure comes from, and how sure it is (a text to be said)."""

    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A level or an amount in another framework: how it was found, and from what."""

    name: str
    value: str
    method: str
    authority: str
    bases: tuple[Basis, ...]
    summary: str = ""
    is_backwards: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as the credential states it, and who stands behind it."""

    level: str
    framework: str
    framework_id: str
    summary: str
    amount: str
    unit: str
    is_earned: bool
    hours: str
    tone: str = ""
    assurance: str = ""
    assurance_meaning: str = ""
    chain: tuple[Step, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """A stated value, what it is in the reader's framework, and everywhere else."""

    stated: Stated
    own_levels: tuple[Elsewhere, ...]
    own_credits: tuple[Elsewhere, ...]
    is_own_framework: bool
    others: tuple[Elsewhere, ...]


def worths(
    value: JsonObject, viewpoint: Viewpoint | None, registers: Registers | None
) -> tuple[Worth, ...]:
    """Prepare the value section of a report for a reader who knows one framework."""
    words = Words.of(registers)
    appraisals = as_list(value.get("appraisals"))
    stated = as_list(value.get("stated"))
    hours = {one.get("source_pointer"): one.get("hours", "") for one in stated}
    if not appraisals:
        told = (_stated(one, one.get("hours", ""), words) for one in stated)
        return tuple(Worth(one, (), (), False, ()) for one in told)
    return tuple(
        _worth(one, hours.get(one.get("source_pointer"), ""), viewpoint, words)
        for one in appraisals
    )


def _worth(appraisal: JsonObject, hours: str, viewpoint: Viewpoint | None, words: Words) -> Worth:
    stated = _stated(appraisal, hours, words)
    levels, amounts = appraisal["elsewhere"]["levels"], appraisal["elsewhere"]["credits"]
    own = viewpoint or Viewpoint("", "")
    return Worth(
        stated,
        tuple(_level(one, words) for one in levels if one["framework"] == own.id),
        tuple(_credit(one, words) for one in amounts if one["unit"] == own.unit),
        viewpoint is not None and stated.framework_id == own.id,
        (
            *(_level(one, words) for one in levels if one["framework"] != own.id),
            *(_credit(one, words) for one in amounts if one["unit"] != own.unit),
        ),
    )


def _stated(value: JsonObject, hours: str, words: Words) -> Stated:
    assurance = value.get("assurance", {})
    name = assurance.get("class", "")
    tone, meaning = CLASSES.get(name, ("", ""))
    level, framework_id = value.get("level", ""), value.get("framework_id", "")
    return Stated(
        level=level,
        framework=value.get("framework", ""),
        framework_id=framework_id,
        summary=words.summaries.get((framework_id, level), ""),
        amount=amount_in_words(value["amount"]) if "amount" in value else "",
        unit=value.get("unit", ""),
        is_earned=value.get("basis", "earned") == "earned",
        hours=amount_in_words(hours) if hours else "",
        tone=tone,
        assurance=name,
        assurance_meaning=meaning,
        chain=tuple(_chain(assurance)),
        as_of=_day(value.get("as_of", "")),
    )


def _day(text: str) -> str:
    return day_in_words(date.fromisoformat(text)) if text else ""


def _chain(assurance: JsonObject) -> Iterator[Step]:
    for link in assurance.get("chain", ()):
        yield Step(LINKS.get(link["kind"], link["kind"]), link["by"])


def _level(level: JsonObject, words: Words) -> Elsewhere:
    codes = [row["level"] for row in level["levels"]]
    only = codes[0] if len(codes) == 1 else ""
    return Elsewhere(
        name=level["framework_name"],
        value=" / ".join(codes),
        method=N_("by a published comparison of levels"),
        authority=level["method"],
        bases=_bases(level, words),
        summary=words.summaries.get((level["framework"], only), ""),
        is_backwards=level["inverse"],
    )


def _credit(credit: JsonObject, words: Words) -> Elsewhere:
    low, high = credit["min"], credit["max"]
    amount = (
        amount_in_words(low) if low == high else f"{amount_in_words(low)} … {amount_in_words(high)}"
    )
    return Elsewhere(
        name=credit["unit_name"],
        value=f"{amount} {credit['unit']}",
        method=METHODS.get(credit["method"], credit["method"]),
        authority=credit["authority"] or "",
        bases=_bases(credit, words),
    )


def _bases(item: JsonObject, words: Words) -> tuple[Basis, ...]:
    found = (
        Basis(
            words.titles.get(row.get("source", ""), ""), CERTAINTY.get(row["status"], row["status"])
        )
        for row in item["basis"]
    )
    return tuple(dict.fromkeys(found))
