"""What the credentials add up to: progress towards awards, as picture and table."""

from __future__ import annotations

from flask import Response

from credentials.verified import VerifiedCredential
from service.web.problems import refusal
from stacking import Outcome
from stacking.account import Account, account_of
from stacking.errors import StackingError
from stacking.picture import plan_svg
from wallet.awards import Progress
from wallet.pages.plan_words import in_this_language
from wallet.pages.room import WalletRoom
from wallet.store import Learner

ORDER = {Outcome.AWARD: 0, Outcome.REFER: 1, Outcome.NOT_YET: 2}
"""What is reached comes first."""


def add_stacking(room: WalletRoom) -> None:
    """Add the pages."""
    services = room.services

    @room.at("/awards")
    def awards(learner: Learner) -> Response:
        """Show every award with what the wallet comes to, the nearest first."""
        verified, today = _verified(room, learner), services.now().date()
        found, faults = [], []
        for name in services.awards.names:
            try:
                progress = services.awards.progress(name, verified, today)
            except StackingError as error:
                faults.append((services.awards.titles[name], error.message))
            else:
                if progress is not None:
                    found.append((progress, _account(progress)))
        found.sort(
            key=lambda pair: (ORDER[pair[1].outcome], len(pair[0].plan.shortfalls), pair[1].title)
        )
        return room.show(learner, "awards", found=found, faults=faults, counted=len(verified))

    @room.at("/awards/<name>")
    def award(learner: Learner, name: str) -> Response:
        progress = _progress(room, learner, name)
        account = _account(progress)
        return room.show(learner, "award", name=name, account=account, progress=progress)

    @room.at("/awards/<name>/picture.svg")
    def award_picture(learner: Learner, name: str) -> Response:
        progress = _progress(room, learner, name)
        drawn = plan_svg(progress.plan, in_this_language(progress.telling))
        response = Response(drawn, content_type="image/svg+xml")
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )
        return response


def _account(progress: Progress) -> Account:
    return account_of(progress.plan, in_this_language(progress.telling))


def _verified(room: WalletRoom, learner: Learner) -> list[VerifiedCredential]:
    held = [
        one.data for one in room.services.store.holdings.all(learner.id) if one.findings.is_sound
    ]
    return [one for one in room.services.verify(held) if one is not None]


def _progress(room: WalletRoom, learner: Learner, name: str) -> Progress:
    verified, today = _verified(room, learner), room.services.now().date()
    progress = room.services.awards.progress(name, verified, today)
    if progress is None:
        raise refusal(404)
    return progress
