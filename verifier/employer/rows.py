"""One line of many: the answer about a document, short enough to keep ten thousand of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from credentials.json_types import JsonObject, as_list
from service.pages import N_, gettext
from verifier.answers import Answer, answer_of
from verifier.employer.entries import REFUSALS
from verifier.pages.answer_texts import TEXTS, AnswerTexts
from verifier.report import Outcome, VerificationReport

REFUSED = "refused"
"""Answer about what was not looked at."""

NOT_LOOKED_AT = AnswerTexts(
    N_("Not looked at"),
    N_("This one was not checked, so nothing is known about it."),
    N_("See the reason, and give it again in another way."),
    "dash",
    "open",
)

CODES = 10
"""How many codes of reasons a row keeps."""

DETAIL_CHARACTERS = 300
KEPT = (
    *("id", "name", "issuer", "issuer_name", "issuer_shown_as", "subject"),
    *("valid_from", "valid_until"),
)
"""What a row keeps of what a credential says."""

COLUMNS = (
    *("number", "file", "link", "answer", "answer_in_words", "credential", "issuer"),
    *("issuer_name", "about", "valid_from", "valid_until", "level", "framework", "credits"),
    *("unit", "assurance", "reasons", "detail"),
)
"""Columns of a table of rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """The answer about one entry; `number` is its place, from 1.

    `found` is what `found_of` told of its report; it is empty where `refusal` says why nothing was
    looked at, with `detail` from whoever refused it.
    """

    number: int
    name: str
    link: str = ""
    found: Mapping[str, object] | None = None
    refusal: str = ""
    detail: str = ""

    @property
    def answer(self) -> str:
        """Name the answer."""
        return str(self.found["answer"]) if self.found else REFUSED

    @property
    def texts(self) -> AnswerTexts:
        """Give the answer in words (to be said)."""
        return TEXTS[Answer(self.answer)] if self.found else NOT_LOOKED_AT

    @property
    def issuer(self) -> str:
        """Name the issuer as far as anything proves it, or as the credential has it."""
        named = ("issuer_shown_as", "issuer_name", "issuer")
        return next((self.of(name) for name in named if self.of(name)), "")

    @property
    def level(self) -> str:
        """Name level and framework together, as filters do."""
        return f"{self.of('framework')}: {self.of('level')}" if self.of("level") else ""

    @property
    def reason(self) -> str:
        """Say why nothing was looked at (to be said)."""
        return REFUSALS.get(self.refusal, self.refusal)

    def of(self, name: str) -> str:
        """Read a member of what was found, as text."""
        value = (self.found or {}).get(name)
        return "" if value is None else str(value)

    def cells(self) -> list[str]:
        """Write the row for a table, in the language of the page."""
        named = ("name", "issuer", "issuer_name", "subject", "valid_from", "valid_until")
        worth = ("level", "framework", "amount", "unit", "assurance")
        return [
            *(str(self.number), self.name, self.link, self.answer, gettext(self.texts.title)),
            *(self.of(name) for name in (*named, *worth)),
            self.of("codes") or self.refusal,
            self.of("detail") or self.detail or (gettext(self.reason) if self.refusal else ""),
        ]


def found_of(report: VerificationReport) -> JsonObject:
    """Tell of a report what a row keeps, as JSON: other processes hand it over."""
    remarks = [remark for check in report.checks for remark in check.remarks]
    weighty = (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.WARNING)
    codes = [one.code for weight in weighty for one in remarks if one.outcome is weight]
    worst = report.worst
    return {
        "answer": answer_of(report).value,
        "codes": " ".join(list(dict.fromkeys(codes))[:CODES]),
        "detail": "" if worst.outcome is Outcome.PASSED else worst.detail[:DETAIL_CHARACTERS],
        **{name: report.credential[name] for name in KEPT if name in report.credential},
        **_worth_of(report.value),
    }


def _worth_of(value: JsonObject) -> JsonObject:
    """Tell the only value that a credential states; several stand on its own page."""
    stated = as_list(value.get("appraisals")) or as_list(value.get("stated"))
    if len(stated) != 1:
        return {}
    only = stated[0]
    named = {name: only[name] for name in ("level", "framework", "amount", "unit") if name in only}
    assurance = only.get("assurance", {}).get("class")
    return named if assurance is None else {**named, "assurance": assurance}


class Wanted(NamedTuple):
    """Which rows are wanted; an empty text wants all."""

    answer: str = ""
    issuer: str = ""
    level: str = ""

    def of(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Choose the rows."""
        for row in rows:
            pairs = ((self.answer, row.answer), (self.issuer, row.issuer), (self.level, row.level))
            if not any(wanted not in ("", actual) for wanted, actual in pairs):
                yield row
