"""One credential: what it says, how it stands, taking it along, putting it away."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

from flask import Response, url_for

from credentials.baking.images import credential_in
from credentials.errors import CredentialError
from credentials.strict_json import parse_json
from service.pages import form_text, gettext, redirect, say
from service.writing_down import stamp
from wallet.pages.collecting import shown_of
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import holders
from wallet.store import Holding, Learner
from wallet.store.holdings import COLLECTION_CHARACTERS

FRESH = timedelta(hours=1)
"""What was found is looked up again when it is older and somebody looks at it."""

RAW_CHARACTERS = 100_000
ENDINGS = {"json": ("json", "application/json"), "token": ("jwt", "text/plain; charset=utf-8")}
SIGNATURES = {b"\x89PNG": ("png", "image/png"), b"<": ("svg", "image/svg+xml")}


def add_one_credential(room: WalletRoom) -> None:
    """Add the pages."""
    _add_showing(room)
    _add_changing(room)


def _add_showing(room: WalletRoom) -> None:
    services = room.services

    @room.at("/credentials/<holding_id>")
    def credential(learner: Learner, holding_id: str) -> Response:
        one = services.store.holdings.get(learner.id, holding_id)
        if one.checked_at < stamp(services.now() - FRESH):
            one = check_again(room, learner, one)
        return room.show(
            learner,
            "credential",
            one=one,
            shown=shown_of(one, services.framework_of(learner)),
            framework=services.framework_of(learner),
            raw=_raw(one.data),
            verify_at=services.verify_at,
            holders=holders(room, learner),
        )

    @room.at("/credentials/<holding_id>/file")
    def file(learner: Learner, holding_id: str) -> Response:
        return as_file(services.store.holdings.get(learner.id, holding_id))


def _add_changing(room: WalletRoom) -> None:
    services = room.services

    @room.at("/credentials/<holding_id>/check", method="POST")
    def check(learner: Learner, holding_id: str) -> Response:
        check_again(room, learner, services.store.holdings.get(learner.id, holding_id))
        say(gettext("It was checked just now."))
        return redirect(url_for("wallet.credential", holding_id=holding_id))

    @room.at("/credentials/<holding_id>/collection", method="POST")
    def collect(learner: Learner, holding_id: str) -> Response:
        name = form_text("collection", COLLECTION_CHARACTERS)
        services.store.holdings.collect(learner.id, holding_id, name)
        return redirect(url_for("wallet.credential", holding_id=holding_id))

    @room.at("/credentials/<holding_id>/remove")
    def ask_to_remove(learner: Learner, holding_id: str) -> Response:
        one = services.store.holdings.get(learner.id, holding_id)
        return room.show(learner, "remove", one=one)

    @room.at("/credentials/<holding_id>/remove", method="POST")
    def remove(learner: Learner, holding_id: str) -> Response:
        services.store.holdings.remove(learner.id, holding_id, services.now())
        say(gettext("The credential was removed from your wallet."))
        return redirect(url_for("wallet.start"))


def check_again(room: WalletRoom, learner: Learner, one: Holding) -> Holding:
    """Ask the verifier again, and keep what it says now."""
    (findings,) = room.services.examine([one.data])
    room.services.store.holdings.checked(one, findings, room.services.now())
    return room.services.store.holdings.get(learner.id, one.id)


def as_file(one: Holding) -> Response:
    """Give a credential as it was received, byte for byte."""
    ending, media_type = kind_of(one)
    response = Response(one.data, content_type=media_type)
    name = quote(f"{_file_name(one)}.{ending}")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def kind_of(one: Holding) -> tuple[str, str]:
    """Tell a file's ending and media type."""
    if one.findings.form in ENDINGS:
        return ENDINGS[one.findings.form]
    start = one.data.lstrip()[:4]
    found = (kind for signature, kind in SIGNATURES.items() if start.startswith(signature))
    return next(found, ("bin", "application/octet-stream"))


def _file_name(one: Holding) -> str:
    kept = "".join(sign for sign in one.findings.name if sign.isalnum() or sign in " -")
    return " ".join(kept.split())[:80] or "credential"


def _raw(data: bytes) -> str:
    """Write what was received for people; "" for what is no JSON, as tokens say nothing to them."""
    try:
        value = parse_json(credential_in(data))
    except CredentialError:
        return ""
    return json.dumps(value, indent=2, ensure_ascii=False)[:RAW_CHARACTERS]
