"""A report as a page shows it: the answer, every reason, what was in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.pages import N_
from verifier.answers import Answer, answer_of
from verifier.pages.answer_texts import TEXTS, AnswerTexts
from verifier.pages.reason_texts import Explanation
from verifier.pages.reasons import explanation_of
from verifier.report import Check, Outcome, Remark, VerificationReport

CHECKS = {
    "document": N_("The file"),
    "schema": N_("Its form"),
    "context": N_("Its vocabulary"),
    "proof": N_("The signature"),
    "issuer": N_("The issuer's key"),
    "validity": N_("Its dates"),
    "status": N_("Withdrawn or not"),
    "recipient": N_("Whom it is about"),
    "endorsement": N_("Recommendations by others"),
    "value": N_("Level and credits"),
    "trust": N_("Whether you know the issuer"),
    "resources": N_("What it refers to"),
}
"""Names of the checks for people."""

IN_ORDER = {
    "document": N_("It can be read, and nothing in it is ambiguous."),
    "schema": N_("It is written as the standard says."),
    "context": N_("Every word in it has a known meaning that the signature covers."),
    "proof": N_("Every signature fits: nothing was changed since."),
    "issuer": N_("The key that signed belongs to the issuer that is named."),
    "validity": N_("It has begun, and has not ended."),
    "status": N_("By the issuer's own list it is not withdrawn."),
    "recipient": N_("It is about the person you named."),
    "endorsement": N_("The recommendations in it hold by themselves."),
    "value": N_("What it states is possible in its framework; see below who stands behind it."),
    "trust": N_("The issuer that it names is on your list."),
    "resources": N_("What it refers to by a fingerprint is unchanged."),
}
"""What it means that a check found everything in order."""

NOT_ASKED = {
    "proof": N_("There was no signature to look at."),
    "status": N_("The issuer keeps no list on which this one could be withdrawn."),
    "recipient": N_("You did not say whom it should be about, so that was not compared."),
    "endorsement": N_("Nobody recommends it."),
    "value": N_("It states neither level nor credits."),
    "trust": N_("This service has no list of issuers."),
    "resources": N_("It refers to nothing by a fingerprint."),
}
"""What it means that there was nothing to check."""

TONES = {
    Outcome.FAILED: ("bad", "cross", N_("Against it")),
    Outcome.INDETERMINATE: ("open", "question", N_("Open")),
    Outcome.WARNING: ("warn", "note", N_("To know")),
}
"""Colour, icon and word of what is not simply in order."""

REASONS = 40
"""How many reasons of one report are shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to know: of which check, how it weighs, what it means, and the detail of it."""

    check: str
    remark: Remark
    explanation: Explanation
    tone: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A check that has nothing against it: its name, and what that means."""

    check: str
    meaning: str
    was_asked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer with its reasons, the weightiest first."""

    answer: Answer
    texts: AnswerTexts
    reasons: tuple[Reason, ...]
    sound: tuple[Sound, ...]


def shown(report: VerificationReport) -> Shown:
    """Prepare a report for a page."""
    answer = answer_of(report)
    reasons = [reason for check in report.checks for reason in _reasons(check)]
    # Python's sort keeps the order of the checks among those of equal weight.
    reasons.sort(key=lambda one: list(TONES).index(one.remark.outcome))
    return Shown(answer, TEXTS[answer], tuple(reasons[:REASONS]), tuple(_sound(report.checks)))


def _reasons(check: Check) -> Iterator[Reason]:
    """Show each code of a check once: its places stand in the full report."""
    seen: set[str] = set()
    for remark in check.remarks:
        if remark.outcome in TONES and remark.code not in seen:
            seen.add(remark.code)
            tone, icon, word = TONES[remark.outcome]
            explanation = explanation_of(check.id, remark)
            yield Reason(CHECKS[check.id], remark, explanation, tone, icon, word)


def _sound(checks: tuple[Check, ...]) -> Iterator[Sound]:
    for check in checks:
        if check.outcome is Outcome.PASSED:
            yield Sound(CHECKS[check.id], IN_ORDER[check.id], was_asked=True)
        elif check.outcome is Outcome.SKIPPED and check.decisive.code != "NOT_REACHED":
            meaning = NOT_ASKED.get(check.id, IN_ORDER[check.id])
            yield Sound(CHECKS[check.id], meaning, was_asked=False)
