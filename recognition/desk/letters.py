"""What a decision says to its learner, in plain words, and the mail that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import g

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from recognition.deciding.judging import Outcome
from recognition.decision_payload import LIMITS, read_payload
from recognition.desk.cases import Case
from recognition.desk.reasons import REASONS, reason_words
from recognition.desk.services import DeskServices
from recognition.register_of_decisions import (
    Entry,
    EntryKind,
    decision_in_force,
    is_too_late,
    last_day_to_appeal,
    replaced_decisions,
)
from service.mail import Letter, Mailbox, MailError, message_of
from service.pages import current_language, gettext
from service.pages.languages import BY_TAG, amount_in_words, day_in_words
from service.writing_down import new_id


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter about the decision in force, in the language of whoever reads it."""

    outcome: str
    paragraphs: tuple[str, ...]
    reasons: tuple[str, ...]
    decided_on: str
    appeal: str
    is_appealed: bool
    is_too_late: bool
    """Whether the time to appeal has ended."""

    withdrawn: tuple[str, ...]
    """What is said of each decision that this one took the place of."""


def letter_about(services: DeskServices, case: Case) -> LetterText | None:
    """Write the letter about a case from the register; None while nothing is decided."""
    history = services.register.case(case.id)
    standing = decision_in_force(history)
    if standing is None:
        return None
    payload = parse_json(standing.payload, LIMITS)
    is_appealed = any(
        one.kind is EntryKind.APPEAL and one.revision == standing.revision for one in history
    )
    return LetterText(
        outcome=payload["outcome"],
        paragraphs=(
            *_paragraphs(payload, standing, _what_for(services, case, payload)),
            *_about_award(services, case, standing),
        ),
        reasons=tuple(dict.fromkeys(_reasons(payload))),
        decided_on=day_in_words(date.fromisoformat(payload["decidedOn"])),
        appeal=_appeal(payload, standing, services),
        is_appealed=is_appealed,
        is_too_late=is_too_late(standing, services.now()),
        withdrawn=tuple(map(_withdrawn, replaced_decisions(history))),
    )


def _withdrawn(entry: Entry) -> str:
    """Say that a former decision counts no more."""
    payload = parse_json(entry.payload, LIMITS)
    day = day_in_words(date.fromisoformat(payload["decidedOn"]))
    if payload["outcome"] == Outcome.REFER:
        return gettext("The referral of %(day)s was withdrawn: it is decided now.", day=day)
    return gettext(
        "The former decision, of %(day)s, was withdrawn. What was signed of it counts no more.",
        day=day,
    )


def _what_for(services: DeskServices, case: Case, payload: JsonObject) -> str:
    """Name what was applied for as the learner chose it, with the component of the decision."""
    component = str(payload["target"]["component"])
    offer = services.offers().get(case.offer)
    if offer is None:
        return component
    return offer.title if component in offer.title else f"{offer.title} ({component})"


def _paragraphs(payload: JsonObject, standing: Entry, component: str) -> Iterator[str]:
    granted = payload["granted"]
    match payload["outcome"]:
        case "GRANT":
            amount = amount_in_words(granted["amount"])
            yield _granted(component, amount, granted["unit"])
        case "REFUSE":
            yield gettext("Your learning is not recognised for %(component)s.", component=component)
        case _:
            yield gettext(
                "The rules alone do not decide your application for %(component)s. A person looks "
                "at it now; you need not do anything.",
                component=component,
            )
    assessor = payload["assessor"]
    if assessor is not None:
        yield gettext("A person decided this, and gave as the reason:")
        yield assessor["reason"]
    statement = parse_json(standing.statement)
    if statement.get("because") == "appeal-upheld":
        yield gettext("Your appeal was upheld: this decision takes the place of the one before.")
    if statement.get("because") == "appeal-dismissed":
        yield gettext("Your appeal was dismissed, so the decision stays as it was. The reason:")
        yield statement["reason"]


def _about_award(services: DeskServices, case: Case, standing: Entry) -> Iterator[str]:
    """Say that an award was issued, or what counts towards one that is not reached."""
    offer = services.offers().get(case.offer)
    title = case.offer if offer is None else offer.title
    kept = services.store.decisions.of(case.id)
    if kept and kept[-1].award is not None:
        yield gettext(
            "The award “%(title)s” was issued to you. It states which credentials it was made of, "
            "so that anybody can compute it again.",
            title=title,
        )
    found = services.store.cases.examination(case.id)
    told = found.get("award") if found else None
    if told is None or read_payload(standing.payload).outcome == Outcome.GRANT:
        return
    account = told["accounts"].get(current_language().tag) or told["accounts"]["en"]
    for one in account["asked"]:
        if one["lacking"]:
            yield f"{one['asks']}. {one['counted']}. {one['lacking']}."


def _granted(component: str, amount: str, unit: str) -> str:
    return gettext(
        "Your learning is recognised for %(component)s: %(amount)s credits (%(unit)s).",
        component=component,
        amount=amount,
        unit=unit,
    )


def _reasons(payload: JsonObject) -> Iterator[str]:
    """Say in words why something is not granted, or not whole.

    What is not known refuses nothing, so a refusal tells it only where it has no other reason.
    """
    codes: list[str] = payload["reasons"]
    match payload["outcome"]:
        case "GRANT":
            codes = [one for one in codes if one == "CAP_LIMITED"]
        case "REFUSE":
            refusing = [one for one in codes if one in REASONS]
            codes = refusing if refusing or payload["assessor"] is not None else codes
    yield from map(reason_words, codes)
    if payload["outcome"] == "REFUSE" and payload["assessor"] is not None:
        yield from payload["substantialDifferences"]


def _appeal(payload: JsonObject, standing: Entry, services: DeskServices) -> str:
    appeal = payload["appeal"]
    last = last_day_to_appeal(standing) or date.fromisoformat(appeal["until"])
    if is_too_late(standing, services.now()):
        return gettext(
            "The time to appeal ended on %(day)s, so no appeal is taken here any more. If "
            "something kept you from appealing in time, write to %(office)s: a late appeal can be "
            "taken for a reason that is written down.",
            day=day_in_words(last),
            office=services.title,
        )
    return gettext(
        "You can appeal until %(day)s, in writing and with your reasons: on this page, or to "
        "%(body)s through %(office)s. It costs you nothing here.",
        day=day_in_words(last),
        body=appeal["body"],
        office=services.title,
    )


def tell_by_mail(services: DeskServices, case: Case) -> bool:
    """Queue a mail that something was decided, without what; tell whether there is an address.

    The learner has the link since they applied; the mail holds neither link nor decision, so that
    whoever reads along learns nothing more.
    """
    if not case.contact:
        return False
    try:
        recipient = Mailbox(case.contact)
    except MailError:
        return False
    at = services.now()
    with spoken(case.language):
        letter = _letter(services, case)
    message = message_of(
        letter,
        sender=services.sender,
        recipient=recipient,
        at=at,
        message_id=f"{new_id('letter')}@{services.sender.address.rpartition('@')[2]}",
    )
    services.store.letters.queue(case.contact, message, at)
    return True


@contextmanager
def spoken(tag: str) -> Iterator[None]:
    """Speak a learner's language for a while, whatever that of whoever works here is."""
    own = current_language()
    g.language = BY_TAG.get(tag, own)
    try:
        yield
    finally:
        g.language = own


def _letter(services: DeskServices, case: Case) -> Letter:
    return Letter(
        subject=gettext("News about your application %(id)s", id=case.id),
        paragraphs=[
            gettext("There is news about your application %(id)s.", id=case.id),
            gettext("Open the address that you were given when you applied."),
        ],
        language=current_language().tag,
        closing=[services.title],
    )
