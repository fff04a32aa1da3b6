"""What is in the wallet: the list with its search, and adding to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from flask import Response, request, url_for

from credentials.errors import CredentialError
from credentials.limits import DEFAULT_LIMITS
from frameworks.viewpoints import Viewpoint
from service.pages import FieldError, Upload, form_text, gettext, ngettext, redirect, say, uploads
from wallet.importing import taken_apart
from wallet.openid_offers import OFFER_CHARACTERS
from wallet.pages.bringing_back import bring_back, bring_back_collections
from wallet.pages.keeping import fault_words, not_kept
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import mark_of
from wallet.pages.waiting import ask_what_is_due, what_waits
from wallet.store import DeviceKey, Holding, Learner
from wallet.worth import Worth, worths_of

SEARCH_CHARACTERS = 100
YEAR_DIGITS = 4
ADDED_AT_ONCE = 50
"""So many files are taken with one form."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential as the list shows it."""

    holding: Holding
    worths: tuple[Worth, ...]


def add_collecting(room: WalletRoom) -> None:
    """Add the pages."""
    _add_list(room)
    _add_adding(room)


def _add_list(room: WalletRoom) -> None:
    services = room.services

    @room.at("/")
    def start(learner: Learner) -> Response:
        ask_what_is_due(room, learner)
        every = services.store.holdings.all(learner.id)
        words = request.args.get("search", "")[:SEARCH_CHARACTERS].strip()
        collection = request.args.get("collection", "")
        found = [one for one in every if _matches(one, words.casefold(), collection)]
        return room.show(
            learner,
            "list",
            shown=[shown_of(one, services.framework_of(learner)) for one in found],
            held=len(every),
            search=words,
            collection=collection,
            collections=sorted({one.collection for one in every} - {""}),
            frameworks=services.frameworks,
            **what_waits(room, learner),
        )

    @room.at("/timeline")
    def timeline(learner: Learner) -> Response:
        """Show the same by the years in which it was earned, the newest first."""
        every = services.store.holdings.all(learner.id)
        ordered = sorted(every, key=lambda one: one.findings.valid_from, reverse=True)
        framework = services.framework_of(learner)
        shown = [shown_of(one, framework) for one in ordered]
        years = groupby(shown, lambda one: one.holding.findings.valid_from[:YEAR_DIGITS])
        return room.show(learner, "timeline", years=[(year, list(some)) for year, some in years])

    @room.at("/framework", method="POST")
    def choose_framework(learner: Learner) -> Response:
        chosen = request.form.get("framework", "")
        known = {one.id for one in services.frameworks}
        services.store.learners.choose_framework(learner.id, chosen if chosen in known else "")
        return redirect(url_for("wallet.start"))


def shown_of(holding: Holding, framework: Viewpoint | None) -> Shown:
    """Prepare a credential for the list."""
    return Shown(holding, worths_of(holding.findings.value, framework))


def _matches(one: Holding, words: str, collection: str) -> bool:
    found = one.findings
    text = f"{found.name} {found.issuer_name} {found.issuer} {found.description}".casefold()
    is_there = {word in text for word in words.split()} <= {True}
    return is_there and collection in ("", one.collection)


def _add_adding(room: WalletRoom) -> None:
    @room.at("/add")
    def add(learner: Learner) -> Response:
        """Show the forms; a link in the address only fills the field."""
        return add_page(room, learner, link=request.args.get("link", "")[:OFFER_CHARACTERS])

    @room.at("/add", method="POST")
    def take(learner: Learner) -> Response:
        text = form_text("text", DEFAULT_LIMITS.document_bytes)
        try:
            given = taken_apart(_given())
        except CredentialError as error:
            return add_page(room, learner, FieldError("file", error.message), text=text)
        bring_back(room, learner, given.accounts)
        if not given.files and not given.accounts:
            nothing = FieldError("file", gettext("Choose a file, or paste a credential."))
            return add_page(room, learner, nothing)
        answer = keep(room, learner, given.files, partial(add_page, room, learner, text=text))
        bring_back_collections(room, learner, given)
        return answer


def add_page(
    room: WalletRoom, learner: Learner, *errors: FieldError, text: str = "", link: str = ""
) -> Response:
    """Show by what ways credentials come into a wallet."""
    return room.show(
        learner,
        "add",
        status=422 if errors else 200,
        errors=errors,
        text=text,
        link=link,
        asks_others=room.services.way is not None,
        device_keys=_keys_of_devices(room, learner),
        chosen_key=form_text("key"),
    )


def _keys_of_devices(room: WalletRoom, learner: Learner) -> list[tuple[DeviceKey, str]]:
    """List the keys that may sign, each with the mark by which a browser finds it."""
    every = room.services.store.device_keys.all(learner.id)
    return [(one, mark_of(one.did)) for one in every if one.is_active]


def keep(
    room: WalletRoom,
    learner: Learner,
    files: Sequence[Upload],
    again: Callable[..., Response],
    field: str = "file",
    holder: str = "",
) -> Response:
    """Verify and keep what was given, and say what is not kept on the page that `again` shows.

    `holder` is the key that was proved to have it, if one was.
    """
    errors = [
        FieldError(field, gettext("%(name)s: %(what)s", name=name, what=fault_words(fault)))
        for name, fault in not_kept(room, learner, files, holder)
    ]
    added = len(files) - len(errors)
    if added:
        say(
            ngettext("One credential was added.", "%(num)s credentials were added.", added),
        )
    return again(*errors) if errors else redirect(url_for("wallet.start"))


def _given() -> tuple[Upload, ...]:
    text = form_text("text", DEFAULT_LIMITS.document_bytes)
    pasted = (Upload(gettext("what you pasted"), text.encode("utf-8", "replace")),) if text else ()
    return (*uploads("file")[:ADDED_AT_ONCE], *pasted)
