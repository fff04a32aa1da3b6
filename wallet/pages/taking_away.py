"""What is the learner's alone: the history, a copy of everything, and the end of everything."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict

from flask import Response, url_for

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from service.pages import FieldError, form_text, gettext, redirect, say
from wallet.pages.one_credential import kind_of
from wallet.pages.room import COOKIE, FORGET, WalletRoom, address
from wallet.store import Learner, Waiting

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same wallet gives the same file."""


def add_taking_away(room: WalletRoom) -> None:
    """Add the pages."""
    services = room.services

    @room.at("/mine")
    def mine(learner: Learner) -> Response:
        return mine_page(room, learner)

    @room.at("/mine/everything.zip")
    def everything(learner: Learner) -> Response:
        if not room.is_fresh():
            text = gettext("Sign in again first: your wallet’s key is in this file.")
            return mine_page(room, learner, FieldError("everything", text))
        response = Response(exported(room, learner), content_type="application/zip")
        response.headers["Content-Disposition"] = 'attachment; filename="wallet.zip"'
        return response

    @room.at("/mine/sessions/end", method="POST")
    def end_sessions(learner: Learner) -> Response:
        room.end_others(learner)
        say(gettext("Every other device has to sign in again."))
        return redirect(url_for("wallet.mine"))

    @room.at("/mine/delete", method="POST")
    def delete_everything(learner: Learner) -> Response:
        """Delete the wallet, if its learner wrote their address as a confirmation."""
        if form_text("email").lower() != learner.email:
            text = gettext("Enter your mail address to say that you mean it.")
            return mine_page(room, learner, FieldError("email", text))
        services.store.learners.delete(learner.id)
        say(gettext("Your wallet was deleted with everything in it."))
        response = redirect(url_for("wallet.sign_in"))
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        response.headers.update(FORGET)
        return response


def mine_page(room: WalletRoom, learner: Learner, *errors: FieldError) -> Response:
    """Show what is the learner's: how they sign in, their data, what happened."""
    services = room.services
    return room.show(
        learner,
        "mine",
        status=422 if errors else 200,
        errors=errors,
        events=services.store.history.of(learner.id),
        passkeys=services.store.passkeys.passkeys(learner.id),
        has_passkeys=services.relying_party is not None,
        address=address,
    )


def exported(room: WalletRoom, learner: Learner) -> bytes:
    """Pack everything of a learner: credentials as received, the key, links, history.

    The private key is in it as a Multikey, since it is the learner's; the file says so.
    """
    store, file = room.services.store, io.BytesIO()
    held = store.holdings.all(learner.id)
    about = {
        "email": learner.email,
        "holder": learner.did,
        "secretKeyMultibase": room.services.keys.secret_of(learner),
        "keyNotice": "Whoever has secretKeyMultibase can act as the holder. Show it to nobody.",
        "framework": learner.framework,
        "since": learner.created_at,
        "credentials": [
            {
                "file": f"credentials/{one.id}.{kind_of(one)[0]}",
                "name": one.findings.name,
                "collection": one.collection,
                "added": one.added_at,
                "checked": one.checked_at,
                "answer": one.findings.answer,
            }
            for one in held
        ],
        "waiting": [_promise(room, one) for one in store.waiting.all(learner.id)],
        "links": [asdict(one) for one in store.shares.all(learner.id)],
        "history": [asdict(one) for one in store.history.of(learner.id, None)],
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("wallet.json", ZIP_TIME), serialize_json(about))
        for one in held:
            name = f"credentials/{one.id}.{kind_of(one)[0]}"
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), one.data)
    return file.getvalue()


def _promise(room: WalletRoom, one: Waiting) -> JsonObject:
    """Write what an institution promised, with what it takes to ask for it elsewhere."""
    keys = room.services.keys
    is_of_use = bool(one.sealed_token)
    return {
        "issuer": one.issuer,
        "title": one.title,
        "format": one.form,
        "state": one.state,
        "since": one.made_at,
        "until": one.ends_at,
        "deferredCredentialEndpoint": one.endpoint,
        "transactionId": one.transaction,
        "accessToken": keys.open_token(one.learner_id, one.id, one.sealed_token)
        if is_of_use
        else None,
    }
