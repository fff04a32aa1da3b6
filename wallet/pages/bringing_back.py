"""What the export of another wallet brings back beside credentials.

Not brought back are its key, as a wallet signs with its own; its links, whose secrets nobody
knows; and its history, which is of another wallet.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.pages import gettext, ngettext, say
from wallet.account import Account, Promise
from wallet.errors import WalletError
from wallet.importing import Given
from wallet.pages.room import WalletRoom
from wallet.store import Learner
from wallet.store.holdings import COLLECTION_CHARACTERS


def bring_back(room: WalletRoom, learner: Learner, accounts: Sequence[Account]) -> None:
    """Keep promises, applications and requests that are not here yet, and say how many."""
    store = room.services.store
    for one in accounts:
        if not learner.framework and one.framework in {
            each.id for each in room.services.frameworks
        }:
            store.learners.choose_framework(learner.id, one.framework)
        promises = sum(_keep_promise(room, learner, each) for each in one.promises)
        applications = [
            store.applications.bring_back(learner.id, each) for each in one.applications
        ]
        requests = [store.requests.bring_back(learner.id, each) for each in one.requests]
        _say(promises, sum(applications), sum(requests))


def bring_back_collections(room: WalletRoom, learner: Learner, given: Given) -> None:
    """Put what was added into the collections that it was in."""
    for account in given.accounts:
        for file in given.files:
            name = account.collections.get(file.name, "")[:COLLECTION_CHARACTERS]
            if name:
                room.services.store.holdings.bring_back_collection(learner.id, file.data, name)


def _keep_promise(room: WalletRoom, learner: Learner, one: Promise) -> bool:
    """Keep a promise, unless it is here; its token is sealed anew, for this wallet."""
    services = room.services
    now = services.now()
    deferral = one.deferral_at(now)
    known = {(each.endpoint, each.transaction) for each in services.store.waiting.all(learner.id)}
    if (deferral.endpoint, deferral.transaction) in known:
        return False
    try:
        services.store.waiting.require_room(learner.id)
    except WalletError:
        return False
    services.store.waiting.keep(
        learner.id,
        deferral,
        one.holder,
        lambda about: services.keys.seal_token(learner.id, about, deferral.token),
        now,
        one.until,
    )
    return True


def _say(promises: int, applications: int, requests: int) -> None:
    for number, text in (
        (
            promises,
            ngettext(
                "One credential is waited for again.",
                "%(num)s credentials are waited for again.",
                promises,
            ),
        ),
        (
            applications,
            ngettext(
                "One application was brought back.",
                "%(num)s applications were brought back.",
                applications,
            ),
        ),
        (
            requests,
            ngettext(
                "One request was brought back.", "%(num)s requests were brought back.", requests
            ),
        ),
    ):
        if number:
            say(text)
    if promises or applications or requests:
        say(gettext("The key and the links of the other wallet stay there."))
