"""What a credential says was learned: description, outcomes, criteria, evidence, recommendations.

All of it is somebody else's text: it is shown as such, and nothing behind it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from credentials.component_links import component_links, stack_proofs
from credentials.decisions import decision_payload
from credentials.json_types import JsonObject, JsonValue, as_list, member
from credentials.linked_data.embedded import ENDORSEMENTS, contained_credentials
from service.pages import N_
from verifier.answers import Answer
from verifier.checks.world import issuer_id
from verifier.opening import document_in
from verifier.pages.answer_texts import TEXTS
from verifier.pages.facts import moment_of
from verifier.pages.reasons import explanation_of
from verifier.receipts import is_receipt
from verifier.report import Remark, VerificationReport
from verifier.summary import shown_as

TEXT_CHARACTERS = 20_000
ITEMS = 50
"""How many outcomes, results, pieces of evidence and recommendations are shown of each."""

LINKS = ("https://", "http://")

ENDORSED = {
    "ENDORSEMENT_VALID": ("good", "check", N_("valid by itself")),
    "ENDORSEMENT_INVALID": ("bad", "cross", N_("does not hold")),
    "ENDORSEMENT_UNDECIDED": ("open", "question", N_("could not be decided")),
    "ENDORSEMENT_OF_OTHER": ("warn", "note", N_("is about something else")),
    "ENDORSEMENT_OF_OTHER_KIND": ("warn", "note", N_("is about something else")),
}
"""What came of a recommendation, by the code of the remark on it: each has its own verdict."""

NOT_JUDGED = ("open", "question", N_("was not checked"))


@dataclass(frozen=True, slots=True)
class Linked:
    """A name, a text in Markdown and an address, each as far as there is one."""

    name: str = ""
    text: str = ""
    link: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommendation by somebody: by whom, what they say, and its own verdict."""

    by: str
    text: str
    tone: str
    icon: str
    word: str


AWARDED = {
    "AWARD_COMPLETE": N_("All parts of it are here, unchanged."),
    "AWARD_RECOMPUTED": N_("It was computed again here from its parts, with the same result."),
}
"""What it means that an award was looked at, and is in order."""


class Recomputed(NamedTuple):
    """What came of computing an award again: what that means (a text to be said), the detail."""

    meaning: str
    remark: Remark


@dataclass(frozen=True, slots=True)
class Award:
    """What an award that is made of other credentials consists of, and what came of it."""

    parts: tuple[str, ...]
    recomputed: tuple[Recomputed, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A recognition decision as it says itself, with whether it was decided again."""

    outcome: str
    recognition: str
    policy: str
    is_recomputed: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt of a verification says: which answer, as of when, about which file.

    `answer` is a text to be said; it is empty for one that this verifier does not know.
    """

    answer: str
    as_of: str
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a credential says beside its value."""

    description: str = ""
    criteria: Linked = field(default_factory=Linked)
    outcomes: tuple[Linked, ...] = ()
    results: tuple[Linked, ...] = ()
    evidence: tuple[Linked, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    award: Award | None = None
    decision: Decision | None = None
    receipt: Receipt | None = None


def contents(document: JsonObject, report: VerificationReport) -> Contents:
    """Read what a document says; whatever is of another form than expected is left out."""
    subject = next(iter(as_list(document.get("credentialSubject"))), None)
    achievement = next(iter(as_list(member(subject, "achievement"))), None)
    evidence = (*as_list(document.get("evidence")), *as_list(member(subject, "evidence")))
    return Contents(
        description=_text(member(achievement, "description") or document.get("description")),
        criteria=_linked(member(achievement, "criteria")),
        outcomes=_several(member(achievement, "alignment"), _alignment),
        results=_results(subject, achievement),
        evidence=_several([one for one in evidence if not _is_made_by_us(one)], _linked),
        recommendations=tuple(islice(_recommendations(document, report), ITEMS)),
        award=_award(document, report),
        decision=_decision(document, report),
        receipt=_receipt(document),
    )


def _text(value: JsonValue) -> str:
    return value[:TEXT_CHARACTERS] if isinstance(value, str) else ""


def _link(value: JsonValue) -> str:
    """Take an address if it is one of the web: nothing else is made a link."""
    return value if isinstance(value, str) and value.startswith(LINKS) else ""


def _several(value: JsonValue, read: Callable[[JsonValue], Linked]) -> tuple[Linked, ...]:
    found = (read(one) for one in islice(as_list(value), ITEMS))
    return tuple(one for one in found if one != Linked())


def _linked(value: JsonValue) -> Linked:
    if isinstance(value, str):
        return Linked(link=_link(value))
    return Linked(
        name=_text(member(value, "name")),
        text=_text(member(value, "narrative") or member(value, "description")),
        link=_link(member(value, "id")),
    )


def _alignment(value: JsonValue) -> Linked:
    framework, code = _text(member(value, "targetFramework")), _text(member(value, "targetCode"))
    return Linked(
        name=_text(member(value, "targetName")),
        text=_text(member(value, "targetDescription")),
        link=_link(member(value, "targetUrl")),
        code=f"{framework} {code}".strip(),
    )


def _results(subject: JsonValue, achievement: JsonValue) -> tuple[Linked, ...]:
    """Read results, each by the name that the achievement gives it."""
    names = {
        identifier: _text(member(one, "name"))
        for one in as_list(member(achievement, "resultDescription"))
        if isinstance(identifier := member(one, "id"), str)
    }

    def read(value: JsonValue) -> Linked:
        achieved = _text(member(value, "value")) or _text(member(value, "status"))
        name = names.get(_text(member(value, "resultDescription")), "")
        return Linked(name=name, text=achieved) if achieved else Linked()

    return _several(member(subject, "result"), read)


def _is_made_by_us(value: JsonValue) -> bool:
    """Tell evidence for programs from evidence for people: proofs of awards, and decisions."""
    types = as_list(member(value, "type"))
    identifier = member(value, "id")
    is_proof = isinstance(identifier, str) and identifier.startswith("data:")
    return (
        is_proof or "RecognitionDecision" in types or member(value, "digestMultibase") is not None
    )


def _recommendations(document: JsonObject, report: VerificationReport) -> Iterator[Recommendation]:
    judged = {remark.pointer: remark for remark in report.check("endorsement").remarks}
    for one in contained_credentials(document):
        if one.member not in ENDORSEMENTS:
            continue
        said = document_in(one.value)
        remark = judged.get(one.pointer)
        name = _text(member(said, "issuer", "name"))
        identifier = issuer_id(said) or ""
        by = shown_as(identifier) or identifier
        text = _text(member(said, "credentialSubject", "endorsementComment"))
        tone = ENDORSED.get("" if remark is None else remark.code, NOT_JUDGED)
        yield Recommendation(f"{name} ({by})" if name and by else name or by, text, *tone)


def _award(document: JsonObject, report: VerificationReport) -> Award | None:
    if not any(stack_proofs(document)):
        return None
    evidence = as_list(document.get("evidence"))
    linked = {link.pointer for link in component_links(document)}
    places = ((f"/evidence/{index}", one) for index, one in enumerate(evidence))
    parts = [_text(member(one, "name")) for place, one in places if place in linked]
    told = [
        Recomputed(AWARDED.get(remark.code) or explanation_of(check, remark).meaning, remark)
        for check in ("resources", "value")
        for remark in report.check(check).remarks
        if remark.code.startswith(("AWARD_", "STACK_PROOF_", "PROOF_REGISTERS"))
    ]
    return Award(tuple(part for part in parts[:ITEMS] if part), tuple(told))


def _decision(document: JsonObject, report: VerificationReport) -> Decision | None:
    payload = decision_payload(document)
    if payload is None:
        return None
    classes = [
        member(appraisal, "assurance", "class")
        for appraisal in as_list(report.value.get("appraisals"))
    ]
    return Decision(
        outcome=_text(payload.get("outcome")),
        recognition=_text(payload.get("recognition")),
        policy=_text(member(payload, "policy", "id")),
        is_recomputed="C" in classes,
    )


def _receipt(document: JsonObject) -> Receipt | None:
    if not is_receipt(document):
        return None
    subject = document.get("credentialSubject")
    answer = _text(member(subject, "answer"))
    return Receipt(
        answer=TEXTS[Answer(answer)].title if answer in set(Answer) else "",
        as_of=moment_of(member(subject, "judgedAsOf")),
        digest=_text(member(subject, "documentDigest")),
    )
