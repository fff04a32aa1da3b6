"""How policies, outcomes and amounts are told on the Senate's pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Response

from credentials.json_types import JsonObject
from recognition.desk.policy_words import VOICE, sentences
from recognition.desk.shown import OUTCOMES
from recognition.oversight.replaying import NOT_DECIDED
from recognition.policies.in_words import HEADINGS, Clause, Section, explain
from recognition.policies.policy import Policy
from recognition.policies.source_lines import Lines, SourceLines
from service.pages import N_, gettext
from service.spreadsheets import CSV_TYPE, csv_table
from service.web import json_response

RESULTS = {
    **OUTCOMES,
    NOT_DECIDED: ("warn", "note", N_("Not to be decided by it")),
}
"""Colour, icon and words of what may come out, also of a draft."""


MEMBERS = {
    "outcome": N_("the outcome"),
    "granted": N_("the credit that is granted"),
    "recognition": N_("what it is granted for"),
}
"""What may differ between two decisions, by its name in them."""


@dataclass(frozen=True, slots=True)
class ShownClause:
    """A clause in the language of the page, with the lines that say it."""

    name: str
    sentences: tuple[str, ...]
    lines: tuple[Lines, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A part of a policy."""

    id: str
    heading: str
    clauses: tuple[ShownClause, ...]


def shown_policy(policy: Policy) -> tuple[ShownSection, ...]:
    """Say a policy in the language of the page, part by part."""
    source, clauses = SourceLines(policy.text), explain(policy)
    return tuple(
        ShownSection(
            section.value,
            VOICE.say(HEADINGS[section]),
            tuple(_clause(one, source) for one in clauses if one.section is section),
        )
        for section in Section
        if any(one.section is section for one in clauses)
    )


def _clause(one: Clause, source: SourceLines) -> ShownClause:
    return ShownClause(one.name, sentences(one.phrases), source.of(*one.pointers))


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a picture: its label, its length in hundredths, and what it stands for in words."""

    label: str
    hundredths: int
    text: str
    tone: str = "accent"


def share_bar(label: str, count: int, of: int, tone: str = "accent") -> Bar:
    """Draw a share."""
    text = gettext("%(count)s of %(of)s", count=count, of=of)
    return Bar(label, round(100 * count / of) if of else 0, text, tone)


def count_bars(counts: Mapping[str, int]) -> tuple[Bar, ...]:
    """Draw numbers, the largest as long as the picture is wide."""
    most = max(counts.values(), default=0)
    return tuple(
        Bar(label, round(100 * number / most) if most else 0, str(number))
        for label, number in counts.items()
    )


def as_csv(name: str, columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Response:
    """Answer with a table, in which no cell is a formula."""
    return saved(Response(csv_table(columns, rows), content_type=CSV_TYPE), f"{name}.csv")


def as_json(name: str, document: JsonObject) -> Response:
    """Answer with a JSON document."""
    return saved(json_response(document), f"{name}.json")


def saved(response: Response, name: str) -> Response:
    """Have browsers save an answer under a name of ours."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
