"""Signing: at once by the wallet's own key, or on a page where the learner's browser signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from credentials.json_types import JsonObject
from service.pages import N_, form_text, gettext
from wallet.errors import WalletError
from wallet.pages.room import WalletRoom
from wallet.signing import (
    KeyProof,
    Signed,
    SigningError,
    ToSign,
    key_of,
    put_together,
    texts_to_sign,
    to_sign_from_json,
)
from wallet.store import DeviceKey, Holding, Learner

STEP = "sign"
SIGNATURE_CHARACTERS = 200
OWN = "own"
"""Form field that says that the wallet's own key is to sign instead."""

FAULTS = {
    "STEP_ENDED": N_("This was done already, or took too long. Begin once more."),
    "SIGNATURE_REFUSED": N_(
        "The signature is not one of what was to be signed, by the key that was asked for. Nothing "
        "was shown to anybody. Begin once more."
    ),
    "DEVICE_KEY_RETIRED": N_("This key was retired meanwhile. Nothing was shown to anybody."),
}
"""What is said of what went wrong, by code."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes on after a signature, with what; and for whom it is, as a page says it.

    `proved` are names of what the signature proves to be the learner's, `shown` of what it only
    shows.  `may_be_own` tells whether the wallet's own key can do it instead.
    """

    then: str
    carried: JsonObject
    who: str
    proved: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    may_be_own: bool = True


def add_signing_on_device(room: WalletRoom) -> None:
    """Add the form that the browser sends when it has signed."""

    @room.at("/sign/<secret>", method="POST")
    def signed_on_device(learner: Learner, secret: str) -> Response:
        try:
            then, carried, signed, did = _taken(room, learner, secret)
        except WalletError as error:
            if error.code not in FAULTS:
                raise
            text = gettext(FAULTS[error.code])
            return room.show(learner, "not_signed", status=409, text=text)
        return room.after_signing[then](learner, carried, signed, did)


def sign(
    room: WalletRoom, learner: Learner, key: DeviceKey | None, one: ToSign, plan: Plan
) -> Response:
    """Sign by the wallet's own key and go on; or show what a key of a device has to sign.

    Raises `WalletError` (KEY_SEALED).
    """
    if key is None:
        signed = room.services.keys.sign(learner, one)
        return room.after_signing[plan.then](learner, plan.carried, signed, learner.did)
    return ask_to_sign(room, learner, key.id, key.did, key.name, one, plan)


def ask_to_sign(
    room: WalletRoom,
    learner: Learner,
    key_id: str,
    did: str,
    name: str,
    one: ToSign,
    plan: Plan,
) -> Response:
    """Show what is to be signed; `key_id` is "" for a key that the wallet does not know yet."""
    services = room.services
    kept = {
        "then": plan.then,
        "carried": plan.carried,
        "to_sign": one.to_json(),
        "key": key_id,
        "did": did,
        OWN: plan.may_be_own,
    }
    secret = services.store.steps.begin(
        learner.id,
        STEP,
        lambda about: services.keys.seal_step(learner.id, about, kept),
        services.now(),
    )
    return room.show(
        learner,
        "sign",
        secret=secret,
        name=name,
        did=did,
        plan=plan,
        key_mark=mark_of(did),
        texts=texts_to_sign(one, did, services.environment),
        is_token=isinstance(one, KeyProof),
        carried=dict(request.form.lists()) if request.method == "POST" else None,
    )


def key_to_prove(
    room: WalletRoom, learner: Learner, held: Sequence[Holding]
) -> tuple[DeviceKey | None, list[bool]]:
    """Choose the key that credentials are bound to; and tell of each whether it proves that.

    Of several keys it is the one that most are bound to, and the wallet's own before another.
    None stands for the wallet's own, which signs whatever is bound to no key that can.
    """
    keys = {one.did: one for one in room.services.store.device_keys.all(learner.id)}
    active = {learner.did, *(did for did, one in keys.items() if one.is_active)}
    subjects = [one.findings.subject.partition("#")[0] for one in held]
    counts = Counter(one for one in subjects if one in active)
    best = max(counts, key=lambda did: (counts[did], did == learner.did), default=learner.did)
    return (None if best == learner.did else keys[best]), [one == best for one in subjects]


def plan_to_show(
    then: str, carried: JsonObject, who: str, held: Sequence[Holding], proved: Sequence[bool]
) -> Plan:
    """Plan a presentation, with the names of what is proved and of what is only shown."""
    pairs = [(one.findings.name, is_it) for one, is_it in zip(held, proved, strict=True)]
    return Plan(
        then,
        carried,
        who,
        proved=tuple(name for name, is_it in pairs if is_it),
        shown=tuple(name for name, is_it in pairs if not is_it),
    )


def holders(room: WalletRoom, learner: Learner) -> dict[str, str]:
    """Say whose keys these are that credentials of a learner are bound to, by did:key."""
    named = {learner.did: gettext("the key of this wallet")}
    for one in room.services.store.device_keys.all(learner.id):
        text = (
            gettext("the key of %(name)s", name=one.name)
            if one.is_active
            else gettext("the retired key of %(name)s", name=one.name)
        )
        named[one.did] = text
    return named


def mark_of(did: str) -> str:
    """Write by what a browser finds a key that it keeps: a coordinate of the public one."""
    return key_of(did).to_jwk()["x"]


def _taken(room: WalletRoom, learner: Learner, secret: str) -> tuple[str, JsonObject, Signed, str]:
    """Use a step up, and sign or verify what it was for.

    Obligations: 1. the step is this learner's, holds, and is taken for the first time; 2. the
    wallet's own key signs only where that was offered; 3. the key of the device is still one that
    may sign; 4. the signature is put to what was kept, and verifies (`put_together`).

    Raises `NotInWalletError` (STEP_ENDED) and `SigningError`.
    """
    services = room.services
    # 1.
    about, sealed = services.store.steps.take(learner.id, STEP, secret, services.now())
    kept = services.keys.open_step(learner.id, about, sealed)
    one, then, carried = to_sign_from_json(kept["to_sign"]), str(kept["then"]), kept["carried"]
    # 2.
    if OWN in request.form:
        if not kept[OWN]:
            raise SigningError("The wallet's own key was not asked for.")
        return then, carried, services.keys.sign(learner, one), learner.did
    # 3.
    did = str(kept["did"])
    if kept["key"] and not services.store.device_keys.get(learner.id, kept["key"]).is_active:
        raise SigningError("The key was retired.", code="DEVICE_KEY_RETIRED")
    # 4.
    signature = form_text("signature", SIGNATURE_CHARACTERS)
    return then, carried, put_together(one, did, signature, services.environment), did
