"""Batches: all new cases of one offer against its policy; what it grants is decided, the rest left.

A refusal and a referral are never put into force by a batch: a person looks at them.
"""

from __future__ import annotations

from flask import Response, copy_current_request_context

from credentials.errors import TallystickError
from recognition.deciding.judging import Outcome
from recognition.desk.access import Right
from recognition.desk.cases import State
from recognition.desk.letters import tell_by_mail
from recognition.desk.room import DeskRoom
from recognition.desk.services import DeskServices
from service.errors import NotFoundError
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.people import Access, Act

GRANTED, LEFT, FAILED = "granted", "left", "failed"


def add_batches(room: DeskRoom) -> None:
    """Add the pages."""
    room.section("batches", N_("Batches"), Right.SETTLE)
    store, services = room.services.store, room.services

    @room.at("/batches", Right.SETTLE)
    def batches(access: Access) -> Response:
        return _batches_page(room, access, [])

    @room.at("/batches", Right.SETTLE, method="POST")
    def begin_batch(access: Access) -> Response:
        try:
            made = store.batches.begin(access.act, form_text("offer"))
        except NotFoundError:
            text = gettext("No new case applies for this. Choose another one.")
            return _batches_page(room, access, [FieldError("offer", text)])
        start_batch(room, made.id, access.act)
        return redirect(room.address("batch", batch=made.id))

    @room.at("/batches/<batch>", Right.SETTLE)
    def batch(access: Access, batch: str) -> Response:
        return room.show(
            access,
            "desk/batch",
            batch=store.batches.get(batch),
            left=store.batches.left(batch),
            titles={name: one.title for name, one in services.offers().items()},
        )

    @room.at("/batches/<batch>/go-on", Right.SETTLE, method="POST")
    def go_on(access: Access, batch: str) -> Response:
        start_batch(room, store.batches.get(batch).id, access.act)
        return redirect(room.address("batch", batch=batch))


def start_batch(room: DeskRoom, batch_id: str, act: Act) -> None:
    """Have a batch worked on beside the page."""
    services = room.services
    say(gettext("The batch runs. Open this page again to see how far it is."))

    @copy_current_request_context
    def work() -> None:
        run_batch(services, batch_id, act)

    services.start(work)


def run_batch(services: DeskServices, batch_id: str, act: Act) -> None:
    """Work through a batch; what was done stays done if it is stopped."""
    batches = services.store.batches
    while (case_id := batches.waiting(batch_id)) is not None:
        state, told = _worked_on(services, case_id, Act(act.actor, services.now()))
        batches.done(batch_id, case_id, state, told)
    batches.end(Act(act.actor, services.now()), batch_id)


def _worked_on(services: DeskServices, case_id: str, act: Act) -> tuple[str, str]:
    """Grant what the policy grants; tell what became of a case, and why it is left."""
    settling = services.settling
    try:
        case = settling.store.cases.get(case_id)
        if case.state is not State.NEW:
            return LEFT, case.state.value
        if settling.offer_of(case).award is not None:
            # An award is confirmed by a person who looked at its tally.
            return LEFT, "AWARD_BY_PERSON"
        case = settling.examine(act, case)
        if case.proposed != Outcome.GRANT:
            return LEFT, case.proposed or "CREDENTIAL_NOT_VALID"
        tell_by_mail(services, settling.settle(act, case))
    except TallystickError as error:
        return FAILED, error.code
    return GRANTED, ""


def _batches_page(room: DeskRoom, access: Access, errors: list[FieldError]) -> Response:
    offers = [(one.name, one.title) for one in room.services.offers().values()]
    return room.show(
        access,
        "desk/batches",
        status=422 if errors else 200,
        errors=errors,
        offers=offers,
        batches=room.services.store.batches.recent(),
        titles=dict(offers),
    )
