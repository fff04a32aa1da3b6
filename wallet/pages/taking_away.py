"""What is the learner's alone: the history, a copy of everything, and the end of everything."""

from __future__ import annotations

from flask import Response, url_for

from service.pages import FieldError, form_text, gettext, redirect, say
from wallet.pages.exporting import exported
from wallet.pages.kept_in_browser import forget_learner
from wallet.pages.room import COOKIE, WalletRoom, address
from wallet.store import Learner


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
        forget_learner(response, learner.id)
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
