"""Withdrawing many at once: chosen credentials or a whole roster, undone together for a while."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for

from credentials.errors import TallystickError
from issuer.console.access import Access, Right
from issuer.console.credential_pages import ACTS, REASON_CHARACTERS, UNDO
from issuer.console.room import Console
from issuer.issuing.lists import status_purpose
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store.withdrawals import NO_NOTICE, NOTICE, NOTICE_WITH_REASON
from service.pages import N_, FieldError, form_text, gettext, ngettext, redirect, say
from service.status_lists import REVOCATION

MOST_CHOSEN = 500
"""How many credentials are chosen one by one."""

MOST_OF_A_ROSTER = 5_000
"""How many credentials of a roster one form withdraws; the command takes more."""

NOTICES = {
    NOTICE: N_("Write to the learners, without the reason"),
    NOTICE_WITH_REASON: N_("Write to the learners, with the reason"),
    NO_NOTICE: N_("Write to nobody"),
}
"""Whether learners are told, as people read it."""

STATES = {"pending": N_("can be undone"), "done": N_("done"), "undone": N_("undone")}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be withdrawn: credentials by their ids, or those of a roster."""

    ids: tuple[str, ...]
    job: str | None

    @classmethod
    def sent(cls) -> Chosen:
        """Read it from the address or the form."""
        ids = dict.fromkeys(request.values.getlist("credential"))
        return cls(tuple(ids)[:MOST_CHOSEN], request.values.get("job") or None)

    @property
    def carried(self) -> dict[str, str | list[str]]:
        """Write it as fields of a form."""
        return {"job": self.job} if self.job else {"credential": list(self.ids)}


def add_withdrawing_many(console: Console) -> None:
    """Add the pages."""
    _add_asking(console)
    _add_looking(console)


def _add_asking(console: Console) -> None:
    services = console.services

    @console.at("/withdraw", Right.WITHDRAW)
    def withdraw_many(access: Access) -> Response:
        return _ask_page(console, access, Chosen.sent(), [])

    @console.at("/withdraw", Right.WITHDRAW, method="POST")
    def take_withdrawal(access: Access) -> Response:
        chosen = Chosen.sent()
        act, reason = form_text("act", 20), form_text("reason", REASON_CHARACTERS)
        notice = form_text("notice", 20)
        errors = []
        if act not in _acts(access):
            errors.append(FieldError("act-0", gettext("Choose what is to be done.")))
        if not reason:
            errors.append(FieldError("reason", gettext("Say why; the learner may ask.")))
        if errors:
            return _ask_page(console, access, chosen, errors)
        change = Change(act, reason, UNDO, notice if notice in NOTICES else NOTICE)
        try:
            asked = Withdrawing(services.shop).ask_many(
                access.act, _ids(console, access, chosen, act), change
            )
        except TallystickError as error:
            errors = [FieldError("act-0", error.message)]
            return _ask_page(console, access, chosen, errors)
        text = ngettext(
            "It is noted for %(num)s credential. Until it takes effect it can be undone here.",
            "It is noted for %(num)s credentials. Until it takes effect it can be undone here.",
            asked,
        )
        say(text)
        return redirect(url_for("console.withdrawals", institution=access.tenant.name))


def _add_looking(console: Console) -> None:
    services = console.services

    @console.at("/withdrawals", Right.READ)
    def withdrawals(access: Access) -> Response:
        members = services.store.users.members(access.tenant.id)
        return console.show(
            access,
            "withdrawals",
            batches=services.store.withdrawals.batches(access.tenant.id),
            names={f"user:{user.id}": user.name for user, _roles in members},
            acts=ACTS,
            states=STATES,
        )

    @console.at("/withdrawals/<withdrawal>/undo", Right.WITHDRAW, method="POST")
    def undo_together(access: Access, withdrawal: str) -> Response:
        undone = Withdrawing(services.shop).undo_together(access.act, withdrawal)
        text = ngettext(
            "It is undone for %(num)s credential.", "It is undone for %(num)s credentials.", undone
        )
        say(text)
        return redirect(url_for("console.withdrawals", institution=access.tenant.name))


def _acts(access: Access) -> tuple[str, ...]:
    """Tell what can be done: on lists of revocations there is nothing else."""
    is_final = status_purpose(access.tenant) == REVOCATION
    return ("revoke",) if is_final else ("suspend", "reinstate", "revoke")


def _ids(console: Console, access: Access, chosen: Chosen, act: str) -> tuple[str, ...]:
    """Name those of the chosen credentials that it can be done to."""
    return console.services.store.withdrawals.open_to(
        access.tenant.id, act, ids=chosen.ids, job_id=chosen.job, items=MOST_OF_A_ROSTER
    )


def _ask_page(
    console: Console, access: Access, chosen: Chosen, errors: list[FieldError]
) -> Response:
    store, acts = console.services.store, _acts(access)
    job = None if chosen.job is None else store.jobs.get(access.tenant.id, chosen.job)
    act = form_text("act", 20)
    count = len(_ids(console, access, chosen, act if act in acts else "revoke"))
    return console.show(
        access,
        "withdraw_many",
        status=422 if errors else 200,
        errors=errors,
        chosen=chosen,
        job=job,
        count=count,
        most=MOST_OF_A_ROSTER,
        possible=acts,
        acts=ACTS,
        act=act or (acts[0] if len(acts) == 1 else ""),
        reason=form_text("reason", REASON_CHARACTERS),
        notices=NOTICES,
        notice=form_text("notice", 20) or NOTICE,
        sends_mail=console.services.sends_mail,
        carried=chosen.carried if errors else None,
    )
