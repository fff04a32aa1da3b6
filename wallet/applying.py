"""Applying at a registrar's desk: a presentation for one of the things that can be applied for.

What a desk says, and takes, is described in docs/desk.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from wallet.asking import (
    BOUND_CHARACTERS,
    JSON,
    PRESENTATION,
    URL_CHARACTERS,
    Way,
    host_of,
    place_of,
)
from wallet.errors import WalletError
from wallet.signing import Bound

OFFERS = 200
"""So many things of one desk are shown."""

TEXT_CHARACTERS = 200
NOTHING_YET = 404
"""Status of a decision that was not made yet."""

DECIDED, APPEALED = "decided", "appealed"
UNDECIDED = ("new", "referred", "second-reading")
"""How an application stands at a desk (docs/desk.md) as long as nothing was decided, although the
desk may have signed that it is referred to a person."""

APPLY_PATH = "/apply"


class ApplyingError(WalletError):
    """A desk cannot be read, or did not take an application."""

    code = "APPLICATION_REFUSED"


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be applied for: its name for programs, its title, and what it is worth."""

    name: str
    title: str
    worth: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a desk says of itself, with the challenge for one application."""

    address: str
    office: str
    bound: Bound
    submit: str
    offers: tuple[Offered, ...] = ()

    def to_json(self) -> JsonObject:
        """Write to which desk something is to be sent, to keep it; what it offers is left out."""
        bound = [self.bound.challenge, self.bound.domain]
        named = {"address": self.address, "office": self.office, "submit": self.submit}
        return {**named, "bound": bound}

    @classmethod
    def from_json(cls, members: JsonObject) -> Desk:
        """Read what `to_json` wrote."""
        return cls(**{**members, "bound": Bound(*members["bound"])})


@dataclass(frozen=True, slots=True)
class Applied:
    """What a desk answered: how the application stands, and where it is followed."""

    state: str
    follow: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an application stands; `decision` is the signed decision, once there is one.

    `award` is what was issued with it, if it grants one.
    """

    state: str
    decision: bytes | None
    award: bytes | None = None


def read_desk(way: Way, address: str) -> Desk:
    """Ask a desk what can be applied for.

    Obligations: 1. the address is of the web; 2. the domain, and where applications go to, are the
    host of that address: what is signed for one desk is of use to no other; 3. something is
    offered.

    Raises `ApplyingError` (DESK_NOT_READ, DESK_UNREADABLE).
    """
    # 1.
    address = address.strip().removesuffix("/")
    if len(address) > URL_CHARACTERS or not place_of(address):
        raise ApplyingError("This is no address of the web.", code="DESK_UNREADABLE")
    if not address.endswith(APPLY_PATH):
        address += APPLY_PATH
    try:
        said = _object(way.fetch(f"{address}/", accepted=(JSON,)).data)
    except FetchError as error:
        raise ApplyingError(error.message, code="DESK_NOT_READ") from error
    bound = Bound(_text(said, "challenge", BOUND_CHARACTERS), _text(said, "domain"))
    submit = _text(said, "submit", URL_CHARACTERS)
    # 2.
    if {host_of(bound.domain), host_of(submit)} != {host_of(address)}:
        text = "This desk sends applications to another place, which was not followed."
        raise ApplyingError(text, code="DESK_UNREADABLE")
    # 3.
    offers = tuple(map(_offered, as_list(said.get("offers"))[:OFFERS]))
    if not offers:
        raise ApplyingError("Nothing can be applied for here.", code="DESK_UNREADABLE")
    return Desk(address, _text(said, "office"), bound, submit, offers)


def apply(way: Way, desk: Desk, offer: str, presentation: JsonObject, contact: str) -> Applied:
    """Apply for what a desk offers, by a presentation for its challenge and domain.

    Raises `ApplyingError` (APPLICATION_REFUSED, APPLICATION_UNSURE).
    """
    body = {
        "wanted": offer,
        "challenge": desk.bound.challenge,
        "contact": contact,
        PRESENTATION: presentation,
    }
    try:
        answer = way.exchange(desk.submit, serialize_json(body), media_type=JSON, accepted=(JSON,))
    except FetchError as error:
        is_told = error.http_status is not None and not error.is_outage
        code = "APPLICATION_REFUSED" if is_told else "APPLICATION_UNSURE"
        raise ApplyingError(error.message, code=code) from error
    told = _object(answer.data)
    follow = _text(told, "follow", URL_CHARACTERS)
    if host_of(follow) != host_of(desk.address):
        raise ApplyingError("The answer leads to another place.", code="APPLICATION_UNSURE")
    return Applied(_text(told, "state"), follow)


def standing(way: Way, follow: str, before: str) -> Standing:
    """Ask how an application stands; `before` is what was known, where the desk does not say.

    Raises `ApplyingError` (DESK_NOT_READ, DESK_UNREADABLE).
    """
    decision, said = _signed(way, f"{follow}/decision.json"), _said(way, follow)
    told = _text(said, "state") if said else None
    if decision is None or told in UNDECIDED:
        return Standing(told or before, None)
    state = APPEALED if told == APPEALED else DECIDED
    # Where the award is follows from the link that is known; what the desk says leads nowhere else.
    award = _signed(way, f"{follow}/award.json") if "award" in said else None
    return Standing(state, decision, award)


def _said(way: Way, follow: str) -> JsonObject:
    try:
        return _object(way.fetch(follow, accepted=(JSON,)).data)
    except FetchError:
        return {}


def _signed(way: Way, address: str) -> bytes | None:
    try:
        return way.fetch(address, accepted=(JSON,)).data
    except FetchError as error:
        if error.http_status == NOTHING_YET:
            return None
        raise ApplyingError(error.message, code="DESK_NOT_READ") from error


def _offered(one: JsonValue) -> Offered:
    if not isinstance(one, dict):
        raise _unreadable()
    worth = [
        f"{part.get(first, '')} {part.get(second, '')}"
        for part, first, second in (
            (one.get("level"), "framework", "code"),
            (one.get("credits"), "amount", "unit"),
        )
        if isinstance(part, dict)
    ]
    return Offered(_text(one, "name"), _text(one, "title"), " · ".join(worth)[:TEXT_CHARACTERS])


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except CredentialError as error:
        raise _unreadable() from error
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _text(members: JsonObject, name: str, most: int = TEXT_CHARACTERS) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise _unreadable()
    return value


def _unreadable() -> ApplyingError:
    return ApplyingError("This is no desk that your wallet can read.", code="DESK_UNREADABLE")
