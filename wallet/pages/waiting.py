"""Credentials that an institution is still preparing, and asking for them again."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from service.pages import N_, Upload, gettext, ngettext, redirect, say
from service.web.limiting import RateLimit
from wallet.asking import Way
from wallet.claiming import documents_of
from wallet.deferring import (
    CAME,
    REFUSED,
    TOKEN_ENDED,
    UNANSWERED,
    UNKNOWN,
    WAITING,
    Answer,
    Deferral,
    ask_for_promised,
)
from wallet.errors import WalletError
from wallet.pages.keeping import ALREADY_THERE, ANOTHER_HOLDER, UNREADABLE, fault_words, not_kept
from wallet.pages.room import WalletRoom
from wallet.pages.wording import when
from wallet.store import Learner, Waiting
from wallet.store.waiting import WAITING_DAYS

ASKED_ON_OPENING = 3
"""So many institutions are asked before a learner sees their page; the others when it is opened
again, and none after one that does not answer."""

ASKED_A_MINUTE, ASKED_AT_ONCE = 20, 20
"""How often one learner may have institutions asked."""

GIVEN_UP, NO_ROOM = "given-up", "no-room"
NOT_KEPT = {UNREADABLE: "unreadable", ANOTHER_HOLDER: "another-holder"}
"""States of what came and was not kept, by why; for everything else there was no room."""

STATES = {
    WAITING: ("open", "clock", N_("The institution is preparing it.")),
    REFUSED: (
        "bad",
        "cross",
        N_("The institution does not give it. Ask them why, and for a new link."),
    ),
    UNKNOWN: (
        "bad",
        "cross",
        N_("The institution does not know of it any more. Ask them for a new link."),
    ),
    TOKEN_ENDED: (
        "warn",
        "clock",
        N_("The time for fetching it has ended. Ask the institution for a new link."),
    ),
    GIVEN_UP: (
        "warn",
        "clock",
        N_("Nothing came within %(days)s days. Ask the institution for a new link."),
    ),
    "unreadable": (
        "bad",
        "cross",
        N_("What came could not be read, and was not kept. Ask the institution for a new link."),
    ),
    "another-holder": (
        "bad",
        "cross",
        N_(
            "What came is about somebody else’s key, and was not kept. Ask the institution for a "
            "new link."
        ),
    ),
    NO_ROOM: (
        "bad",
        "cross",
        N_("It came, but your wallet is full. Remove something, and ask for a new link."),
    ),
}
"""Colour, icon and words of how a promise stands."""


def add_waiting(room: WalletRoom) -> None:
    """Add the forms; asking is there where others can be asked."""
    services = room.services
    limit = RateLimit(ASKED_A_MINUTE, ASKED_AT_ONCE, lambda: services.now().timestamp())

    @room.at("/waiting/<waiting_id>/ask", method="POST")
    def ask_waiting(learner: Learner, waiting_id: str) -> Response:
        one = services.store.waiting.get(learner.id, waiting_id)
        if services.way is None or limit.seconds_to_wait(learner.id):
            say(gettext("Nobody can be asked just now. Try again in a minute."))
        elif one.is_open and not one.is_due(services.now()):
            say(
                gettext(
                    "The institution may be asked again after %(moment)s.", moment=when(one.due_at)
                )
            )
        elif one.is_open:
            _say_what_goes_on(_asked(room, services.way, learner, one))
        return redirect(url_for("wallet.start"))

    @room.at("/waiting/<waiting_id>/remove", method="POST")
    def stop_waiting(learner: Learner, waiting_id: str) -> Response:
        services.store.waiting.remove(learner.id, waiting_id, services.now())
        say(gettext("It was taken from the list."))
        return redirect(url_for("wallet.start"))


def promised(room: WalletRoom, learner: Learner, deferral: Deferral, holder: str) -> Response:
    """Keep what was promised instead of given, for whose key, and say where it will be."""
    services = room.services
    services.store.waiting.keep(
        learner.id,
        deferral,
        holder,
        lambda about: services.keys.seal_token(learner.id, about, deferral.token),
        services.now(),
    )
    say(
        gettext(
            "The institution is preparing your credential. It will appear here; until then it "
            "stands under “Being prepared”."
        )
    )
    return redirect(url_for("wallet.start"))


def ask_what_is_due(room: WalletRoom, learner: Learner) -> None:
    """Ask for what may be asked for again, as the learner opens the page of their credentials."""
    services = room.services
    if services.way is None:
        return
    due = [one for one in services.store.waiting.all(learner.id) if one.is_due(services.now())]
    for one in due[:ASKED_ON_OPENING]:
        try:
            if _asked(room, services.way, learner, one) == UNANSWERED:
                return
        except WalletError:
            # The key file is another one: the page is shown all the same, and the form tells it.
            return


def what_waits(room: WalletRoom, learner: Learner) -> dict[str, Any]:
    """Give the list of credentials what it shows of promises: those first that may still come."""
    every = room.services.store.waiting.all(learner.id)
    return {
        "waiting": sorted(every, key=lambda one: not one.is_open),
        "waiting_states": STATES,
        "waiting_days": WAITING_DAYS,
        "asks_others": room.services.way is not None,
    }


def _asked(room: WalletRoom, way: Way, learner: Learner, one: Waiting) -> str:
    """Ask once, and keep what came of it; return how it stands now, or that nobody answered."""
    services = room.services
    if not services.store.waiting.take_turn(one, services.now()):
        return one.state
    token = services.keys.open_token(learner.id, one.id, one.sealed_token)
    answer = ask_for_promised(way, one.endpoint, one.transaction, token)
    if answer.state == CAME:
        _keep(room, learner, one, answer)
    elif answer.state not in (WAITING, UNANSWERED):
        _end(room, one, answer.state)
    elif one.is_over(services.now()):
        _end(room, one, GIVEN_UP)
        return GIVEN_UP
    elif answer.state == WAITING:
        services.store.waiting.goes_on(one, answer.seconds, services.now())
    return answer.state


def _keep(room: WalletRoom, learner: Learner, one: Waiting, answer: Answer) -> None:
    """Keep what came by the rules of everything that is added."""
    files = [Upload(one.host, data) for data in documents_of(answer.credentials)]
    faults = list(not_kept(room, learner, files, one.holder))
    for name, fault in faults:
        say(gettext("%(name)s: %(what)s", name=name, what=fault_words(fault)))
    added = len(files) - len(faults)
    is_there = added or any(fault.code == ALREADY_THERE for _name, fault in faults)
    if is_there:
        room.services.store.waiting.came(one, room.services.now())
    else:
        _end(room, one, NOT_KEPT.get(faults[0][1].code, NO_ROOM))
    if added:
        say(ngettext("One credential was added.", "%(num)s credentials were added.", added))


def _say_what_goes_on(state: str) -> None:
    """Say what no list shows; what came, or ended, was said when it did."""
    if state == UNANSWERED:
        say(gettext("The institution gave no answer. Your wallet will ask again."))
    elif state == WAITING:
        say(gettext("The institution is still preparing it."))


def _end(room: WalletRoom, one: Waiting, state: str) -> None:
    room.services.store.waiting.ended(one, state, room.services.now())
    say(gettext("%(name)s: %(what)s", name=one.title or one.host, what=state_words(state)))


def state_words(state: str) -> str:
    """Say how a promise stands."""
    return gettext(STATES[state][2], days=WAITING_DAYS)
