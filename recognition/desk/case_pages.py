"""One case: what was handed in and found, and who has looked at it; every look is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, request

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from recognition.deciding.facts import NAMES, read_facts
from recognition.deciding.judging import Outcome
from recognition.decision_payload import LIMITS
from recognition.desk.access import Right
from recognition.desk.cases import CameBy, Case, KeptDecision
from recognition.desk.checked import UnusableError
from recognition.desk.intake import case_of_form, form_errors, given_files
from recognition.desk.letters import letter_about
from recognition.desk.naming import name_in_decisions
from recognition.desk.policy_words import accepted_words, conditions, policy_of, proposed_words
from recognition.desk.room import DeskRoom
from recognition.desk.services import DeskServices
from recognition.desk.settling import SETTLED_ANEW
from recognition.desk.shown import (
    ANSWERS,
    CAME_BY,
    GATES,
    HAPPENED,
    OUTCOMES,
    STATES,
    fact_words,
)
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from recognition.register_of_decisions import (
    DecisionStatus,
    Entry,
    decision_in_force,
    is_too_late,
)
from recognition.register_of_decisions.recording import keeps_the_decision
from service.errors import NotFoundError
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.people import Access

VALUE_CHARACTERS = 500
NUMBER_DIGITS = 9
TRUTHS = {
    **dict.fromkeys(("yes", "true", "oui", "sí", "si"), True),
    **dict.fromkeys(("no", "false", "non"), False),
}
"""Yes and no in the languages of the pages."""

TRUE_OR_FALSE = frozenset({"accredited", "identity_verified", "redeemed"})
IN_TWO_PARTS = {
    "level": ("framework", "code"),
    "credits": ("amount", "unit"),
    "cost": ("amount", "currency"),
    "subsidy": ("amount", "currency"),
}
"""Facts of two members, written one after the other: "20 nzqcf", "nz-nzqcf 5"."""


def add_case_pages(room: DeskRoom) -> None:
    """Add the pages."""
    room.section("take_in", N_("Take in"), Right.TAKE_IN)
    _add_case(room)
    _add_taking_in(room)
    _add_facts(room)


def _add_case(room: DeskRoom) -> None:
    store = room.services.store

    @room.at("/cases/<case>", Right.READ)
    def case(access: Access, case: str) -> Response:
        return case_page(room, access, store.cases.get(case))

    @room.at("/cases/<case>/documents/<int:number>", Right.READ)
    def document(access: Access, case: str, number: int) -> Response:
        documents = store.cases.documents(case)
        if not 0 < number <= len(documents):
            raise NotFoundError("There is no such document here.")
        store.note(access.act, "document.viewed", case, {"document": number})
        # Whatever it is, a browser saves it and shows nothing of it.
        return _download(documents[number - 1].data, f"{case}-{number}.bin")

    @room.at("/cases/<case>/awards/<int:number>", Right.READ)
    def award_file(access: Access, case: str, number: int) -> Response:
        found = [one.award for one in store.decisions.of(case) if one.revision == number]
        if not found or found[0] is None:
            raise NotFoundError("No award was issued with this decision.")
        store.note(access.act, "award.viewed", case, {"revision": number})
        return _download(found[0], f"{case}-award-{number}.json")

    @room.at("/cases/<case>/letter", Right.READ)
    def letter(access: Access, case: str) -> Response:
        found = store.cases.get(case)
        store.note(access.act, "letter.viewed", case)
        text = letter_about(room.services, found)
        if text is None:
            raise NotFoundError("Nothing is decided yet, so there is no letter.")
        return room.show(access, "desk/letter_page", case=found, letter=text, outcomes=OUTCOMES)


def _download(data: bytes, name: str) -> Response:
    response = Response(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _add_taking_in(room: DeskRoom) -> None:
    services = room.services

    @room.at("/take-in", Right.TAKE_IN)
    def take_in(access: Access) -> Response:
        return _take_in_page(room, access, [])

    @room.at("/take-in", Right.TAKE_IN, method="POST")
    def take_in_files(access: Access) -> Response:
        try:
            files = given_files(services)
        except UnusableError as error:
            text = gettext("Nothing was had from this link: %(reason)s", reason=error.message)
            return _take_in_page(room, access, [FieldError("link", text)])
        errors = form_errors(services, files)
        if errors:
            return _take_in_page(room, access, errors)
        new = case_of_form(files, CameBy.DESK)
        case, secret = services.store.cases.receive(access.act, new)
        services.settling.examine(access.act, case)
        address = f"{services.base}/apply/follow/{secret}"
        return room.show(access, "desk/taken_in", case=case, address=address)


def _take_in_page(room: DeskRoom, access: Access, errors: Sequence[FieldError]) -> Response:
    offers = [(one.name, one.title) for one in room.services.offers().values()]
    return room.show(
        access,
        "desk/take_in",
        status=422 if errors else 200,
        errors=errors,
        offers=[("", gettext("Choose …")), *offers],
        offer=form_text("offer"),
        name=form_text("name"),
        contact=form_text("contact"),
        link=form_text("link"),
        text=form_text("text"),
    )


def _add_facts(room: DeskRoom) -> None:
    services = room.services

    @room.at("/cases/<case>/facts", Right.STATE, method="POST")
    def state_fact(access: Access, case: str) -> Response:
        name, text = form_text("fact"), form_text("value", VALUE_CHARACTERS)
        found = services.store.cases.get(case)
        try:
            value = fact_value(name, text)
        except RecognitionError as error:
            return case_page(room, access, found, errors=[FieldError("value", error.message)])
        by = name_in_decisions(room.office, access.user)
        cases = services.store.cases
        changed = cases.state_fact(access.act, case, version_seen(), name, value, by)
        services.settling.examine(access.act, changed)
        say(gettext("It is stated by your name, and the proposal is made anew."))
        _say_if_no_word_of_the_policy(services, changed, name, value)
        return redirect(room.address("case", case=case))

    @room.at("/cases/<case>/applicant", Right.STATE, method="POST")
    def state_applicant(access: Access, case: str) -> Response:
        applicant = form_text("applicant", VALUE_CHARACTERS) or None
        cases = services.store.cases
        changed = cases.change(
            access.act, case, version_seen(), "case.applicant-stated", told={}, applicant=applicant
        )
        services.settling.examine(access.act, changed)
        say(gettext("It is written down, and the proposal is made anew."))
        return redirect(room.address("case", case=case))

    @room.at("/cases/<case>/examine", Right.TAKE_IN, method="POST")
    def examine(access: Access, case: str) -> Response:
        found = services.store.cases.get(case)
        services.settling.examine(access.act, found)
        say(gettext("Everything was verified and computed anew."))
        return redirect(room.address("case", case=case))


def _say_if_no_word_of_the_policy(
    services: DeskServices, case: Case, name: str, value: Any
) -> None:
    """Tell whoever stated a word that the policy knows none like it: it may be a slip of theirs."""
    offer, found = services.offers().get(case.offer), services.store.cases.examination(case.id)
    words = accepted_words(policy_of(offer, found)).get(name, ())
    if name != "language" and isinstance(value, str) and words and value not in words:
        text = gettext(
            "The policy accepts these words: %(words)s. Yours is none of them; if you meant one of "
            "them, state it as it stands here.",
            words=", ".join(words),
        )
        say(text)


def fact_value(name: str, text: str) -> Any:
    """Read a fact as a person enters it; None takes it back.  Raises `RecognitionError`."""
    if name not in NAMES:
        raise RecognitionError(
            "There is no such fact; choose one of the list.", code="FACT_UNKNOWN"
        )
    if not text:
        return None
    value: Any = text
    if name in TRUE_OR_FALSE:
        value = TRUTHS.get(text.casefold(), text)
    elif name in IN_TWO_PARTS:
        value = dict(zip(IN_TWO_PARTS[name], text.split(None, 1), strict=False))
    read_facts({name: value})
    return value


def version_seen() -> int:
    """Read from which version of the case a form was made; an unreadable one is none."""
    text = request.form.get("version", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS
    return int(text) if is_number else 0


def case_page(
    room: DeskRoom,
    access: Access,
    case: Case,
    *,
    errors: Sequence[FieldError] = (),
) -> Response:
    """Show a case, and write down who saw it."""
    store = room.services.store
    store.note(access.act, "case.viewed", case.id)
    offers = room.services.offers()
    register = room.services.register
    history = register.case(case.id)
    standing, found = decision_in_force(history), store.cases.examination(case.id)
    return room.show(
        access,
        "desk/case",
        status=422 if errors else 200,
        errors=errors,
        case=case,
        offer=offers[case.offer].title if case.offer in offers else case.offer,
        others=store.cases.see(case.id, access.user.id, access.at),
        documents=store.cases.documents(case.id),
        found=found,
        draft=store.cases.draft(case.id),
        stated=store.facts.of(case.id),
        history=[one for one in store.office.about(case.id) if not one.kind.endswith(".viewed")],
        names=store.office.names(),
        recorded=[_recorded(one) for one in history],
        signed=list(_signed(history, register.statuses.of(case.id))),
        may_settle_anew=_may_settle_anew(case, found, standing),
        is_too_late=standing is not None and is_too_late(standing, access.at),
        fact_names=[(one, fact_words(one)) for one in NAMES],
        **_asked_by(policy_of(offers.get(case.offer), found)),
        terms=offers[case.offer].award if case.offer in offers else None,
        awards=dict(_awards(store.decisions.of(case.id))),
        entered={name: form_text(name) for name in ENTERED},
        **WORDS,
    )


def _asked_by(policy: Policy | None) -> dict[str, Any]:
    """Tell what a policy asks for, in words, and which words it accepts."""
    return {"conditions": conditions(policy), "words": proposed_words(policy)}


def _awards(decisions: Sequence[KeptDecision]) -> Iterator[tuple[str, int]]:
    """Name the awards that were issued, each with the decision that granted it."""
    for one in decisions:
        if one.award is not None:
            yield parse_json(one.award, LIMITS)["id"], one.revision


def _may_settle_anew(case: Case, found: JsonObject | None, standing: Entry | None) -> bool:
    """Tell whether the policy decides now, by facts stated since, what is referred or appealed."""
    proposal = found["proposal"] if found else None
    if proposal is None or standing is None or case.state not in SETTLED_ANEW:
        return False
    if proposal["outcome"] == Outcome.REFER:
        return False
    before = parse_json(standing.payload, LIMITS)
    return any(before.get(name) != proposal.get(name) for name in ("outcome", "granted"))


ENTERED = (
    "fact", "value", "outcome", "amount", "reason", "differences", "by", "remark", "late", "anew"
)  # fmt: skip
"""Fields whose values a page with errors shows again."""

WORDS: dict[str, Any] = {
    "states": STATES,
    "outcomes": OUTCOMES,
    "came_by": CAME_BY,
    "happened": HAPPENED,
    "answers": ANSWERS,
    "gate_facts": GATES,
    "Right": Right,
}


def _signed(history: Sequence[Entry], given: Sequence[DecisionStatus]) -> Iterator[JsonObject]:
    """Tell of each decision that was signed by which entry it can be withdrawn, and whether it is.

    A dismissed appeal signs nothing: what was signed before goes on counting.
    """
    decisions = [one for one in history if one.kind.decides]
    for place, entry in enumerate(decisions):
        own = [one for one in given if one.revision == entry.revision]
        for status in own:
            yield {
                "revision": entry.revision,
                "credential": status.credential_id,
                "entry": f"{status.list_url}#{status.index}",
                "withdrawn_at": status.withdrawn_at,
            }
        is_kept = place > 0 and keeps_the_decision(entry, decisions[place - 1])
        if not own and not is_kept:
            yield {"revision": entry.revision, "entry": None}


def _recorded(entry: Any) -> JsonObject:
    """Tell an entry of the register: what it is, when, by whom and why."""
    payload = parse_json(entry.payload, LIMITS) if entry.payload else {}
    return {
        "sequence": entry.sequence,
        "at": entry.recorded_at,
        "kind": entry.kind.value,
        "revision": entry.revision,
        "outcome": payload.get("outcome"),
        "class": payload.get("class"),
        "assessor": payload.get("assessor"),
        "overrides": payload.get("overrides"),
        "statement": parse_json(entry.statement, LIMITS),
    }
