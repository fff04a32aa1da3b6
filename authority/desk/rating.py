"""A submission: what the rules say of it, questions, the proposed value, and the approval."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flask import Response, request

from authority.desk.course_form import CourseForm
from authority.desk.receiving import course_page
from authority.desk.services import DeskServices, Right
from authority.desk.shown import (
    REMARKS,
    STATES,
    amount_text,
    in_use_first,
    missing_by_standard,
    told_findings,
)
from authority.drafting import LISTINGS
from authority.errors import ChangedMeanwhileError
from authority.rating_desk import Proposal, listing_of, rating_of
from authority.store import State, Submission
from authority.store.submissions import AWAITS_OFFICER, Step, described, new_answer_secret
from credentials.errors import TallystickError
from service.errors import ConflictError
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people import Access, OfficeRoom
from service.writing_down import write_json

TEXT_CHARACTERS = 10_000
CELL_CHARACTERS = 200
LISTING_ID = re.compile(r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*")
MAY_BE_AMENDED = AWAITS_OFFICER
MAY_BE_REFUSED = AWAITS_OFFICER | {State.PROPOSED}


def add_rating(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    _add_page(room, services)
    _add_questions(room, services)
    _add_amending(room, services)
    _add_proposing(room, services)
    _add_approving(room, services)


def _add_page(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/submissions/<submission>", Right.READ)
    def submission(access: Access, submission: str) -> Response:
        return _page(room, services, access, services.store.submissions.get(submission), [])


def _add_questions(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/submissions/<submission>/questions", Right.RATE, method="POST")
    def ask(access: Access, submission: str) -> Response:
        known, text = services.store.submissions.get(submission), form_text("questions")
        if not text:
            error = FieldError("questions", gettext("Write what you want to know."))
            return _page(room, services, access, known, [error])
        secret, digest = new_answer_secret()
        step = Step.to(State.QUESTIONED, "questioned", text, answer_digest=digest, value=None)
        taken = _take(room, services, access, known, step, AWAITS_OFFICER)
        if isinstance(taken, Response):
            return taken
        link = room.address("answer", secret=secret, _external=True)
        return room.show(access, "authority_desk/asked", submission=taken, link=link)


def _add_amending(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/submissions/<submission>/course", Right.RATE)
    def course_of_submission(access: Access, submission: str) -> Response:
        known = services.store.submissions.get(submission)
        form = CourseForm.of(known.members)
        return course_page(room, services, access, form, [], submission=known)

    @room.at("/submissions/<submission>/course", Right.RATE, method="POST")
    def amend(access: Access, submission: str) -> Response:
        known, form = services.store.submissions.get(submission), CourseForm.sent()
        errors = form.errors()
        if errors:
            return course_page(room, services, access, form, errors, submission=known)
        step = Step.to(known.state, "amended", "", **described(form.members(), known.sender))
        taken = _take(room, services, access, known, step, MAY_BE_AMENDED)
        return taken if isinstance(taken, Response) else _back(room, taken)


def _add_proposing(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/submissions/<submission>/propose", Right.RATE, method="POST")
    def propose(access: Access, submission: str) -> Response:
        known, proposal = services.store.submissions.get(submission), _sent()
        try:
            _require_citable(proposal)
            _listing(services, known, proposal, access)
        except TallystickError as error:
            errors = [FieldError("listing", error.message)]
            return _page(room, services, access, known, errors, proposal)
        value = write_json(proposal.to_json())
        step = Step.to(State.PROPOSED, "proposed", value=value, proposed_by=access.user.id)
        taken = _take(room, services, access, known, step, AWAITS_OFFICER)
        if isinstance(taken, Response):
            return taken
        say(gettext("The value is proposed. Somebody else approves it."))
        return _back(room, taken)


def _add_approving(room: OfficeRoom, services: DeskServices) -> None:
    @room.at("/submissions/<submission>/approve", Right.APPROVE, method="POST")
    def approve(access: Access, submission: str) -> Response:
        known = services.store.submissions.get(submission)
        try:
            taken = _approved(room, services, access, known)
        except ChangedMeanwhileError:
            raise
        except TallystickError as error:
            errors = [FieldError("approve", error.message)]
            return _page(room, services, access, known, errors)
        if isinstance(taken, Response):
            return taken
        say(gettext("It is approved. The next edition lists it."))
        return _back(room, taken)

    @room.at("/submissions/<submission>/return", Right.APPROVE, method="POST")
    def send_back(access: Access, submission: str) -> Response:
        step = Step.to(State.ANSWERED, "returned", form_text("reason"))
        return _with_reason(room, services, access, submission, step, frozenset({State.PROPOSED}))

    @room.at("/submissions/<submission>/refuse", Right.APPROVE, method="POST")
    def refuse(access: Access, submission: str) -> Response:
        step = Step.to(State.REFUSED, "refused", form_text("reason"), answer_digest=None)
        return _with_reason(room, services, access, submission, step, MAY_BE_REFUSED)


def _approved(
    room: OfficeRoom, services: DeskServices, access: Access, known: Submission
) -> Submission | Response:
    """Approve a proposal: its listing stands in the next edition from then on.

    Obligations: 1. there is a proposal; 2. somebody else made it; 3. nothing stands against it, as
    of today.
    """
    # 1.
    if known.value is None or known.state is not State.PROPOSED:
        text = gettext("There is no proposal to approve any more.")
        raise ConflictError(text, code="STATE")
    # 2.
    if known.proposed_by == access.user.id:
        text = gettext("You proposed this value. Somebody else has to approve it.")
        raise ConflictError(text, code="OWN_PROPOSAL")
    # 3.
    cells = _listing(services, known, Proposal.from_json(known.value), access)

    list_it = services.store.next_edition.adding(access.act, LISTINGS, cells)
    step = Step.to(State.APPROVED, "approved", cells["id"], answer_digest=None)
    return _take(room, services, access, known, step, frozenset({State.PROPOSED}), also=list_it)


def _with_reason(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    submission: str,
    step: Step,
    when: frozenset[State],
) -> Response:
    known = services.store.submissions.get(submission)
    if not step.text:
        errors = [FieldError("reason", gettext("Say why."))]
        return _page(room, services, access, known, errors)
    taken = _take(room, services, access, known, step, when)
    return taken if isinstance(taken, Response) else _back(room, taken)


def _take(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    known: Submission,
    step: Step,
    when: frozenset[State],
    **also: object,
) -> Submission | Response:
    """Do a step to what the form was made of; show what was written if that changed (409)."""
    revision = form_text("revision", 12)
    number = int(revision) if revision.isascii() and revision.isdecimal() else 0
    try:
        return services.store.submissions.take(
            access.act,
            known.id,
            number,
            step,
            when=when,
            **also,  # type: ignore[arg-type]
        )
    except ChangedMeanwhileError:
        return _too_late(room, services, access, known)


def _too_late(
    room: OfficeRoom, services: DeskServices, access: Access, known: Submission
) -> Response:
    written = {
        name: text
        for name, text in request.form.items()
        if text.strip() and name not in ("revision", "lang")
    }
    remarks = services.store.submissions.remarks(known.id)
    others = [one for one in remarks if one.kind != "too-late"]
    return room.show(
        access,
        "authority_desk/too_late",
        status=409,
        submission=known,
        last=others[-1],
        names=services.store.office.names(),
        kinds=REMARKS,
        written=written,
    )


def _page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    submission: Submission,
    errors: Sequence[FieldError],
    proposal: Proposal | None = None,
) -> Response:
    register = services.rules()
    rating = rating_of(submission.members, register, services.today)
    kept = None if submission.value is None else Proposal.from_json(submission.value)
    begun = Proposal(_proposed_id(services, submission), "", services.today.isoformat())
    ladder = () if rating.rules is None else tuple(rating.rules.ladder.levels)
    return room.show(
        access,
        "authority_desk/submission",
        status=422 if errors else 200,
        errors=errors,
        submission=submission,
        form=CourseForm.of(submission.members),
        rating=rating,
        amount=amount_text(rating),
        findings=told_findings(rating),
        missing=missing_by_standard(rating),
        remarks=services.store.submissions.remarks(submission.id),
        names=services.store.office.names(),
        states=STATES,
        kinds=REMARKS,
        proposal=proposal or kept or begun,
        sources=in_use_first(services, register.tables.sources),
        levels=ladder,
        units={row.id: row for row in register.tables.units},
        framework=next(
            (row for row in register.tables.frameworks if row.id == submission.framework), None
        ),
        is_own=submission.proposed_by == access.user.id,
    )


def _proposed_id(services: DeskServices, submission: Submission) -> str:
    """Propose an id for the listing that nobody else has: day and the end of the submission's."""
    return f"{submission.framework}-{services.today:%Y}-{submission.id[-6:]}"


def _listing(
    services: DeskServices, known: Submission, proposal: Proposal, access: Access
) -> dict[str, str]:
    cells = dict(
        listing_of(
            known.members,
            proposal,
            services.rules(),
            approved_by=access.user.name,
            today=services.today,
        )
    )
    services.require_sound(LISTINGS, cells)
    return cells


def _require_citable(proposal: Proposal) -> None:
    """Refuse an id that could not be read out, or that an address would write otherwise."""
    if LISTING_ID.fullmatch(proposal.listing) is None:
        text = gettext(
            "The id of a listing has letters, digits, and . _ - between them: it stands in the "
            "address that readers cite."
        )
        raise ConflictError(text, code="LISTING_ID")


def _sent() -> Proposal:
    empty = Proposal("", "", "")
    names = ("listing", "source", "first", "last", "level", "credits")
    return replace(empty, **{name: form_text(name, CELL_CHARACTERS) for name in names})


def _back(room: OfficeRoom, submission: Submission) -> Response:
    return redirect(room.address("submission", submission=submission.id))
