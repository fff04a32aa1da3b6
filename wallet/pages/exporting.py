"""Everything of a learner in one file, to keep it or to take it to another wallet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from wallet.account import (
    application_json,
    device_key_json,
    link_json,
    promise_json,
    request_json,
)
from wallet.importing import OWN_ACCOUNT
from wallet.pages.one_credential import kind_of
from wallet.pages.room import WalletRoom
from wallet.store import Holding, Learner, Waiting

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same wallet gives the same file."""

TAKEN_ALONG: Mapping[str, str] = {
    "wallet_learners": "holder",
    "wallet_holdings": "credentials",
    "wallet_shares": "links",
    "wallet_shared": "links",
    "wallet_requests": "requests",
    "wallet_applications": "applications",
    "wallet_waiting": "waiting",
    "wallet_device_keys": "deviceKeys",
    "wallet_passkeys": "passkeys",
    "wallet_history": "history",
}
"""Tables of a wallet, each with the member of the account that has what is in it."""

LEFT_OUT: Mapping[str, str] = {
    "wallet_sessions": "digests of secrets by which browsers are signed in here, of use nowhere",
    "wallet_sign_in_links": "digests of secrets that hold for twenty minutes",
    "wallet_sign_in_tries": "counts by digests of addresses, for a quarter of an hour",
    "wallet_sign_in_steps": "challenges for passkeys, for ten minutes",
    "wallet_steps": "what was begun and holds for ten minutes",
    "wallet_mails": "letters with links for signing in, until they are sent",
}
"""Tables of a wallet that nobody takes along, each with the reason; deletion takes all of them."""


def exported(room: WalletRoom, learner: Learner) -> bytes:
    """Pack everything of a learner: credentials as received, and the account of the wallet.

    The private key is in it as a Multikey, since it is the learner's; the file says so.
    """
    file, held = io.BytesIO(), room.services.store.holdings.all(learner.id)
    account = {**_about(room, learner), **_kept(room, learner, held)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(OWN_ACCOUNT, ZIP_TIME), serialize_json(account))
        for one in held:
            archive.writestr(zipfile.ZipInfo(_name_of(one), ZIP_TIME), one.data)
    return file.getvalue()


def _about(room: WalletRoom, learner: Learner) -> JsonObject:
    store = room.services.store
    return {
        "email": learner.email,
        "holder": learner.did,
        "secretKeyMultibase": room.services.keys.secret_of(learner),
        "keyNotice": "Whoever has secretKeyMultibase can act as the holder. Show it to nobody.",
        "deviceKeys": [device_key_json(one) for one in store.device_keys.all(learner.id)],
        "deviceKeysNotice": "The private halves of these keys never left their devices.",
        "passkeys": [
            {"name": one.name, "made": one.made_at, "used": one.used_at}
            for one in store.passkeys.passkeys(learner.id)
        ],
        "framework": learner.framework,
        "since": learner.created_at,
        "leftOut": dict(LEFT_OUT),
    }


def _kept(room: WalletRoom, learner: Learner, held: tuple[Holding, ...]) -> JsonObject:
    store = room.services.store
    parts = store.shares.parts(learner.id)
    links = store.shares.all(learner.id)
    return {
        "credentials": [_credential(one) for one in held],
        "waiting": [_promise(room, one) for one in store.waiting.all(learner.id)],
        "requests": [request_json(one) for one in store.requests.all(learner.id)],
        "applications": [application_json(one) for one in store.applications.all(learner.id)],
        "links": [link_json(one, parts.get(one.id, {})) for one in links],
        "history": [asdict(one) for one in store.history.of(learner.id, None)],
    }


def _credential(one: Holding) -> JsonObject:
    return {
        "file": _name_of(one),
        "name": one.findings.name,
        "collection": one.collection,
        "added": one.added_at,
        "checked": one.checked_at,
        "answer": one.findings.answer,
    }


def _promise(room: WalletRoom, one: Waiting) -> JsonObject:
    keys, is_of_use = room.services.keys, bool(one.sealed_token)
    token = keys.open_token(one.learner_id, one.id, one.sealed_token) if is_of_use else None
    return promise_json(one, token)


def _name_of(one: Holding) -> str:
    return f"credentials/{one.id}.{kind_of(one)[0]}"
