"""Answering somebody who asks: a presentation, signed with the holder's key, for them alone."""

from __future__ import annotations

from functools import partial

from flask import Response, request

from credentials.baking.images import credential_in
from credentials.errors import CredentialError
from credentials.jose.envelopes import envelope_of
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json, serialize_json
from service.pages import FieldError, form_text, gettext
from wallet.asking import SD_JWT
from wallet.disclosing import whole
from wallet.pages.room import WalletRoom
from wallet.pages.signing_on_device import holders, key_to_prove, plan_to_show, sign
from wallet.signing import Bound, Presentation, Signed
from wallet.store import Learner

ASKED_CHARACTERS = 500
"""Longest challenge or domain."""

JWT_VC = "application/vc+jwt"
PRESENT = "present"
PRESENTED = 20
"""So many credentials one presentation holds."""


def add_presenting(room: WalletRoom) -> None:
    """Add the pages."""

    @room.at("/present")
    def present(learner: Learner) -> Response:
        return _form(
            room, learner, request.args.get("challenge", ""), request.args.get("domain", "")
        )

    @room.at("/present", method="POST")
    def make_presentation(learner: Learner) -> Response:
        challenge = form_text("challenge", ASKED_CHARACTERS)
        domain = form_text("domain", ASKED_CHARACTERS)
        chosen = request.form.getlist("credential")[:PRESENTED]
        errors = _errors(challenge, domain, chosen)
        if errors:
            return _form(room, learner, challenge, domain, errors)
        services = room.services
        held = services.store.holdings.some(learner.id, chosen)
        documents = tuple(enclosed(whole(one.data, services.environment)) for one in held)
        key, proved = key_to_prove(room, learner, held)
        made = Presentation(documents, Bound(challenge, domain), services.now())
        plan = plan_to_show(PRESENT, {"domain": domain}, domain, held, proved)
        return sign(room, learner, key, made, plan)

    room.after_signing[PRESENT] = partial(_handed_out, room)


def _handed_out(
    room: WalletRoom, learner: Learner, carried: JsonObject, signed: Signed, _did: str
) -> Response:
    services = room.services
    services.store.history.note(learner.id, services.now(), "presented", str(carried["domain"]))
    response = Response(serialize_json(signed), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="presentation.json"'
    return response


def _errors(challenge: str, domain: str, chosen: list[str]) -> list[FieldError]:
    asked = (
        (chosen, "credential", gettext("Choose what you show.")),
        (challenge, "challenge", gettext("Enter the challenge that you were given.")),
        (domain, "domain", gettext("Enter for whom it is: the domain that you were given.")),
    )
    return [FieldError(name, text) for stated, name, text in asked if not stated]


def _form(
    room: WalletRoom,
    learner: Learner,
    challenge: str,
    domain: str,
    errors: list[FieldError] | None = None,
) -> Response:
    return room.show(
        learner,
        "present",
        status=422 if errors else 200,
        errors=errors or [],
        held=room.services.store.holdings.all(learner.id),
        chosen=request.values.getlist("credential"),
        challenge=challenge[:ASKED_CHARACTERS],
        domain=domain[:ASKED_CHARACTERS],
        holders=holders(room, learner),
    )


def enclosed(data: bytes) -> JsonObject:
    """Put a credential into a presentation: JSON as it is, a token in an envelope.

    Source: VC Data Model 2.0 section 4.13 (EnvelopedVerifiableCredential).
    """
    data = credential_in(data)
    try:
        value = parse_json(data)
    except CredentialError:
        text = data.decode("utf-8").strip()
        return envelope_of(text, SD_JWT if "~" in text else JWT_VC)
    return value if isinstance(value, dict) else {}
