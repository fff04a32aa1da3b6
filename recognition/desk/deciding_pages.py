"""What people do with a case: put the proposal into force, rule, read over, take appeals, erase."""

from __future__ import annotations

from flask import Response

from frameworks.amounts import parse_amount
from frameworks.errors import FrameworkError
from recognition.deciding.assessing import NOTHING_REFERRED
from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk.access import Right
from recognition.desk.case_pages import case_page, version_seen
from recognition.desk.cases import Case, State
from recognition.desk.checked import UnusableError
from recognition.desk.errors import ChangedMeanwhileError
from recognition.desk.letters import tell_by_mail
from recognition.desk.naming import name_in_decisions
from recognition.desk.room import DeskRoom
from recognition.errors import RecognitionError
from recognition.register_of_decisions import AppealError
from recognition.registered_case import Superseding
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people import Access

REASON_CHARACTERS = 10_000
DIFFERENCES = 20
RULED = (Outcome.GRANT, Outcome.REFUSE)

FIELDS = {
    "REASON_MISSING": "reason",
    "DIFFERENCE_MISSING": "differences",
    "AMOUNT_MISSING": "amount",
    "OUTCOME_MISSING": "outcome",
    NOTHING_REFERRED: "outcome",
}
"""Which field of the form a ruling that is not taken is about; else the reason."""


def add_deciding(room: DeskRoom) -> None:
    """Add the forms."""
    _add_settling(room)
    _add_ruling(room)
    _add_reading_over(room)
    _add_appeals(room)
    _add_erasing(room)


def _seen(room: DeskRoom, case: str) -> Case:
    """Read a case that is as whoever sent the form has seen it.

    Raises `ChangedMeanwhileError` before anything is computed; what changes during that is
    noticed when it is written.
    """
    found = room.services.store.cases.get(case)
    if found.version != version_seen():
        raise ChangedMeanwhileError(case, version_seen(), found.version)
    return found


def _done(room: DeskRoom, case: Case) -> Response:
    if case.state in (State.DECIDED, State.REFERRED):
        told = tell_by_mail(room.services, case)
        say(gettext("It is decided and recorded."))
        if told:
            say(gettext("A mail tells the learner that there is news."))
    return redirect(room.address("case", case=case.id))


def _add_settling(room: DeskRoom) -> None:
    settling, store = room.services.settling, room.services.store

    @room.at("/cases/<case>/settle", Right.SETTLE, method="POST")
    def settle(access: Access, case: str) -> Response:
        return _done(room, settling.settle(access.act, _seen(room, case)))

    @room.at("/cases/<case>/settle-anew", Right.SETTLE, method="POST")
    def settle_anew(access: Access, case: str) -> Response:
        reason = form_text("anew", REASON_CHARACTERS)
        if not reason:
            errors = [FieldError("anew", gettext("Say why this is decided anew."))]
            return case_page(room, access, store.cases.get(case), errors=errors)
        anew = Superseding(name_in_decisions(room.office, access.user), reason)
        return _done(room, settling.settle(access.act, _seen(room, case), anew))


def _add_ruling(room: DeskRoom) -> None:
    settling, store = room.services.settling, room.services.store

    @room.at("/cases/<case>/rule", Right.RULE, method="POST")
    def rule(access: Access, case: str) -> Response:
        try:
            ruling = _ruling(name_in_decisions(room.office, access.user))
            changed = settling.rule(access.act, _seen(room, case), ruling)
        except (RecognitionError, UnusableError, FrameworkError) as error:
            field = FIELDS.get(
                error.code, "amount" if isinstance(error, FrameworkError) else "reason"
            )
            is_settled = error.code == NOTHING_REFERRED
            errors = [FieldError(field, _nothing_to_rule() if is_settled else error.message)]
            return case_page(room, access, store.cases.get(case), errors=errors)
        if changed.state is State.SECOND_READING:
            say(gettext("Another person reads your ruling over before it counts."))
        return _done(room, changed)


def _nothing_to_rule() -> str:
    return gettext(
        "The policy decides this itself, so there is nothing to rule. Whoever is a registrar puts "
        "it into force on this page."
    )


def _ruling(assessor: str) -> Ruling:
    """Read a ruling; raise `FrameworkError` for an amount that is none."""
    lines = form_text("differences", REASON_CHARACTERS).splitlines()
    amount = form_text("amount")
    outcome = form_text("outcome")
    if outcome not in [one.value for one in RULED]:
        text = "Choose whether you grant or refuse."
        raise RecognitionError(text, code="OUTCOME_MISSING")
    return Ruling(
        assessor=assessor,
        outcome=Outcome(outcome),
        reason=form_text("reason", REASON_CHARACTERS),
        amount=parse_amount(amount) if amount else None,
        substantial_differences=tuple(one.strip() for one in lines if one.strip())[:DIFFERENCES],
    )


def _add_reading_over(room: DeskRoom) -> None:
    settling, store = room.services.settling, room.services.store

    @room.at("/cases/<case>/confirm", Right.CONFIRM, method="POST")
    def confirm(access: Access, case: str) -> Response:
        reader = name_in_decisions(room.office, access.user)
        return _done(room, settling.confirm(access.act, _seen(room, case), reader))

    @room.at("/cases/<case>/send-back", Right.CONFIRM, method="POST")
    def send_back(access: Access, case: str) -> Response:
        remark = form_text("remark", REASON_CHARACTERS)
        if not remark:
            errors = [FieldError("remark", gettext("Say what the assessor should look at again."))]
            return case_page(room, access, store.cases.get(case), errors=errors)
        changed = settling.send_back(access.act, _seen(room, case), remark)
        say(gettext("The ruling is back with its assessor."))
        return redirect(room.address("case", case=changed.id))


def _add_appeals(room: DeskRoom) -> None:
    settling, store = room.services.settling, room.services.store

    @room.at("/cases/<case>/appeal", Right.SETTLE, method="POST")
    def take_appeal(access: Access, case: str) -> Response:
        by, grounds = form_text("by"), form_text("reason", REASON_CHARACTERS)
        if not by or not grounds:
            text = gettext("Say who appeals, and on which grounds.")
            errors = [FieldError("appeal-reason", text)]
            return case_page(room, access, store.cases.get(case), errors=errors)
        late = form_text("late", REASON_CHARACTERS)
        try:
            settling.appeal(access.act, _seen(room, case), by, grounds, late)
        except AppealError as error:
            if error.code != "APPEAL_LATE":
                raise
            text = gettext("The time to appeal has ended. Say why this appeal is taken late.")
            errors = [FieldError("appeal-late", text)]
            return case_page(room, access, store.cases.get(case), errors=errors)
        say(gettext("The appeal is recorded."))
        return redirect(room.address("case", case=case))

    @room.at("/cases/<case>/dismiss", Right.SETTLE, method="POST")
    def dismiss(access: Access, case: str) -> Response:
        by, reason = form_text("by"), form_text("reason", REASON_CHARACTERS)
        if not by or not reason:
            text = gettext("Say who dismisses the appeal, and why.")
            errors = [FieldError("dismiss-reason", text)]
            return case_page(room, access, store.cases.get(case), errors=errors)
        return _done(room, settling.dismiss(access.act, _seen(room, case), by, reason))


def _add_erasing(room: DeskRoom) -> None:
    @room.at("/cases/<case>/erase", Right.MANAGE, method="POST")
    def erase(access: Access, case: str) -> Response:
        room.services.store.cases.erase(access.act, case)
        say(gettext("Everything about the learner is erased. The register keeps what was decided."))
        return redirect(room.address("inbox"))
