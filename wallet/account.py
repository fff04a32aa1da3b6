"""The account of a wallet (wallet.json): what it has beside credentials, written and read again.

Whoever reads one may have been given it by anybody, so what is read is bounded, and a request or a
promise leads nowhere that one which was opened here could not lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from wallet.asking import BOUND_CHARACTERS, QUERIES, URL_CHARACTERS, Asked, Query, host_of, place_of
from wallet.deferring import LEAST_SECONDS, WAITING, Deferral, within_bounds
from wallet.store import Application, DeviceKey, Request, Share, Waiting
from wallet.store.requests import DECLINED, OPEN, REFUSED, SENT, TAKEN, Shown

MOST_READ = 300
"""So many things of one kind are read of an account."""

ACCOUNT_LIMITS = replace(DEFAULT_LIMITS, document_bytes=DEFAULT_LIMITS.image_bytes, values=200_000)
"""How large an account may be that is read: one with a history of many years, too."""

Kind = TypeVar("Kind")
TEXT_CHARACTERS = 2_048
NAME_CHARACTERS = 400
REQUEST_STATES = (OPEN, SENT, TAKEN, REFUSED, DECLINED)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of another wallet: what it is redeemed by, and for which key it is.

    `due` is when its issuer may be asked again, `until` until when it was waited for; None where
    that is not told.
    """

    deferral: Deferral
    holder: str
    due: datetime | None = None
    until: datetime | None = None

    def deferral_at(self, at: datetime) -> Deferral:
        """Make the deferral that goes on from a time: within the bounds of one that begins."""
        if self.due is None:
            return self.deferral
        # Rounded up, as nobody is asked before the time that they named.
        seconds = -((at - self.due) // timedelta(seconds=1))
        return replace(self.deferral, seconds=within_bounds(seconds))


@dataclass(frozen=True, slots=True)
class Account:
    """What another wallet's account brings back.

    `collections` are those of credentials by the name of their file, `framework` is "" for none.
    """

    collections: Mapping[str, str] = field(default_factory=dict)
    framework: str = ""
    promises: tuple[Promise, ...] = ()
    applications: tuple[Application, ...] = ()
    requests: tuple[Request, ...] = ()


def promise_json(one: Waiting, token: str | None) -> JsonObject:
    """Write what an institution promised, with what it takes to ask for it elsewhere."""
    return {
        "issuer": one.issuer,
        "title": one.title,
        "format": one.form,
        "holder": one.holder,
        "state": one.state,
        "since": one.made_at,
        "due": one.due_at,
        "until": one.ends_at,
        "asked": one.asked_at,
        "deferredCredentialEndpoint": one.endpoint,
        "transactionId": one.transaction,
        "accessToken": token,
    }


def application_json(one: Application) -> JsonObject:
    """Write an application, with where it is followed."""
    return {
        "desk": one.desk,
        "title": one.title,
        "follow": one.follow,
        "state": one.state,
        "shown": list(one.shown),
        "made": one.made_at,
        "asked": one.asked_at,
    }


def request_json(one: Request) -> JsonObject:
    """Write a request: what was asked, what was shown for it, and what came of it."""
    queries = [
        {"reason": each.reason, "example": each.example, "takesSdJwt": each.takes_sd_jwt}
        for each in one.asked.queries
    ]
    return {
        "address": one.asked.address,
        "challenge": one.asked.challenge,
        "domain": one.asked.domain,
        "asked": queries,
        "acceptedCryptosuites": list(one.asked.suites),
        "state": one.state,
        "opened": one.opened_at,
        "answered": one.answered_at,
        "shown": [{"name": each.name, "inParts": each.in_parts} for each in one.shown],
        "fault": one.fault,
    }


def device_key_json(one: DeviceKey) -> JsonObject:
    """Write what a wallet has of a device's key: its public half."""
    return {"did": one.did, "name": one.name, "made": one.made_at, "retired": one.retired_at}


def link_json(one: Share, parts: Mapping[str, bytes]) -> JsonObject:
    """Write a link with what it shows, as a part where only that is shown."""
    shows = [
        {"credential": each, "part": parts[each].decode() if each in parts else None}
        for each in one.shows
    ]
    return {**asdict(one), "shows": shows}


def read_account(data: bytes) -> Account:
    """Read what an account brings back; what cannot be read of it is left out.

    Obligations:

    1. only what is of the form that is written here is read, and a bounded number of each;
    2. addresses are of the web, and a request's is of the host that its domain names, as one that
       was opened (`wallet.asking.read_request`);
    3. of promises only those are brought back that may still come, by the name of who is asked.
    """
    try:
        value = parse_json(data, ACCOUNT_LIMITS)
    except CredentialError:
        return Account()
    members: JsonObject = value if isinstance(value, dict) else {}
    holder = _text(members, "holder")
    return Account(
        dict(_collections(members)),
        _text(members, "framework"),
        tuple(_read(members, "waiting", lambda one: _promise(one, holder))),
        tuple(_read(members, "applications", _application)),
        tuple(_read(members, "requests", _request)),
    )


def _read(
    members: JsonObject, name: str, read: Callable[[JsonObject], Kind | None]
) -> Iterator[Kind]:
    # 1.
    for one in as_list(members.get(name))[:MOST_READ]:
        found = read(one) if isinstance(one, dict) else None
        if found is not None:
            yield found


def _collections(members: JsonObject) -> Iterator[tuple[str, str]]:
    for one in as_list(members.get("credentials"))[:MOST_READ]:
        if isinstance(one, dict) and _text(one, "collection"):
            yield _text(one, "file").rpartition("/")[2], _text(one, "collection")


def _promise(one: JsonObject, holder: str) -> Promise | None:
    # 2. and 3.
    texts = [_text(one, name) for name in ("issuer", "deferredCredentialEndpoint")]
    transaction, token = _text(one, "transactionId"), _text(one, "accessToken")
    is_whole = all(map(_is_place, texts)) and transaction and token
    if one.get("state") != WAITING or not is_whole:
        return None
    title, form = _text(one, "title", NAME_CHARACTERS), _text(one, "format", NAME_CHARACTERS)
    issuer, endpoint = texts
    # No metadata stand behind this, so whoever is asked is not called by the name of another.
    named = issuer if host_of(issuer) == host_of(endpoint) else endpoint
    deferral = Deferral(named, endpoint, transaction, token, form, title, LEAST_SECONDS)
    bound_to = _text(one, "holder") if "holder" in one else holder
    return Promise(deferral, bound_to, _time(one, "due"), _time(one, "until"))


def _application(one: JsonObject) -> Application | None:
    follow = _text(one, "follow")
    if not _text(one, "desk") or not _text(one, "title") or not (not follow or _is_place(follow)):
        return None
    return Application(
        id="",
        learner_id="",
        desk=_text(one, "desk", NAME_CHARACTERS),
        title=_text(one, "title", NAME_CHARACTERS),
        follow=follow,
        state=_text(one, "state", NAME_CHARACTERS),
        shown=_names(one.get("shown")),
        made_at=_moment(one, "made"),
        asked_at=_moment(one, "asked"),
    )


def _request(one: JsonObject) -> Request | None:
    address = _text(one, "address", URL_CHARACTERS)
    challenge = _text(one, "challenge", BOUND_CHARACTERS)
    domain = _text(one, "domain", BOUND_CHARACTERS)
    # 2.
    if not _is_place(address) or not challenge or host_of(domain) != host_of(address):
        return None
    if one.get("state") not in REQUEST_STATES:
        return None
    suites = _names(one.get("acceptedCryptosuites"))
    asked = Asked(address, challenge, domain, tuple(_queries(one)), suites)
    shown = [each for each in as_list(one.get("shown"))[:MOST_READ] if isinstance(each, dict)]
    return Request(
        id="",
        learner_id="",
        asked=asked,
        state=str(one["state"]),
        opened_at=_moment(one, "opened"),
        answered_at=_moment(one, "answered") or None,
        shown=tuple(
            Shown(_text(each, "name", NAME_CHARACTERS), each.get("inParts") is True)
            for each in shown
        ),
        fault=_text(one, "fault", NAME_CHARACTERS),
    )


def _queries(one: JsonObject) -> Iterator[Query]:
    for each in as_list(one.get("asked"))[:QUERIES]:
        example = each.get("example") if isinstance(each, dict) else None
        if isinstance(example, dict):
            reason, takes_sd_jwt = _text(each, "reason"), each.get("takesSdJwt") is True
            yield Query(reason, example, takes_sd_jwt)


def _text(members: JsonObject, name: str, most: int = TEXT_CHARACTERS) -> str:
    """Read a text that a database takes; "" for anything else."""
    value = members.get(name)
    is_good = isinstance(value, str) and len(value) <= most and value.isprintable()
    return str(value) if is_good else ""


def _names(value: JsonValue) -> tuple[str, ...]:
    names: Sequence[JsonValue] = as_list(value)[:MOST_READ]
    return tuple(_text({"": one}, "", NAME_CHARACTERS) for one in names)


def _moment(members: JsonObject, name: str) -> str:
    """Read a moment as it is written here; "" for what is none."""
    return _text(members, name) if _time(members, name) else ""


def _time(members: JsonObject, name: str) -> datetime | None:
    try:
        return parse_timestamp(_text(members, name))
    except CredentialError:
        return None


def _is_place(text: str) -> bool:
    return place_of(text) is not None
