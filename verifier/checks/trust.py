"""Check "trust": whether the issuer is one that the reader knows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from verifier.checks.world import World, issuer_id, passed, skipped
from verifier.report import Outcome, Remark

if TYPE_CHECKING:
    from verifier.issuer_registries import Found


class Listing(NamedTuple):
    """Which list names an issuer: the list's name, what it calls the issuer, of when that is."""

    list_name: str
    name: str = ""
    homepage: str = ""
    read_at: datetime | None = None
    is_registry: bool = False
    """Whether it is a registry that others keep, and no list of the reader's own."""

    def to_json(self) -> JsonObject:
        """Write the listing as the description of a credential has it."""
        at = None if self.read_at is None else format_timestamp(self.read_at.replace(microsecond=0))
        members = {
            "issuer_listed_by": self.list_name,
            "issuer_listed_in": "registry" if self.is_registry else "list",
            "issuer_listed_as": self.name,
            "issuer_homepage": self.homepage,
            "issuer_list_read_at": at,
        }
        return {name: value for name, value in members.items() if value}


class Known(NamedTuple):
    """What there is to say about who an issuer is, and the list that says it, if one does."""

    remarks: tuple[Remark, ...]
    listing: Listing | None = None

    def facts(self) -> JsonObject:
        """Write which list names the issuer, for the description of a credential."""
        return {} if self.listing is None else self.listing.to_json()


def check_trust(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Tell whether the issuer is known; the obligations are those of `known_issuer`."""
    return known_issuer(document, world).remarks


def known_issuer(document: JsonObject, world: World) -> Known:
    """Look the issuer up in the reader's own lists, then in the registries that the reader named.

    Obligations:

    1. without a list nothing is said;
    2. ids are compared character by character, in the reader's lists first;
    3. whom none of them names is asked for in the registries, in their order: the answer says which
       one told, and of when that is;
    4. an unknown issuer is a warning, because being unknown is no fault of the credential; which
       registries could not be read is told beside it.
    """
    # 1.
    if world.trust is None:
        return Known((skipped("NO_TRUST_LIST", "No list of known issuers was given."),))
    # 2.
    issuer = issuer_id(document) or ""
    trusted = world.trust.issuers.get(issuer)
    if trusted is not None:
        name = f" as {trusted.name}" if trusted.name else ""
        text = f"The issuer is known{name}, from {trusted.list_name}."
        return Known((passed(text),), Listing(trusted.list_name, trusted.name))
    # 3.
    from verifier.issuer_registries import find_issuer

    found = find_issuer(issuer, world.trust.registries, world.resolver, world.now)
    listing = _listing(found, issuer, world)
    if listing is not None:
        return Known((passed(_told(listing)),), listing)
    # 4.
    text = "The issuer is not on your list of known issuers. Find out who they are."
    unknown = Remark(Outcome.WARNING, "ISSUER_NOT_LISTED", text, "/issuer")
    return Known((unknown, *_unread(found)))


def _listing(found: Found, issuer: str, world: World) -> Listing | None:
    if found.registry is None or found.entry is None:
        return None
    at = world.retrieved_at(found.registry.address_of(issuer))
    entry = found.entry
    return Listing(found.registry.name, entry.name, entry.homepage, at, is_registry=True)


def _told(listing: Listing) -> str:
    told = " at ".join(part for part in (listing.name, listing.homepage) if part)
    at = listing.read_at
    when = "" if at is None else f", read at {format_timestamp(at.replace(microsecond=0))}"
    return f"The issuer is known{f' as {told}' if told else ''}, from {listing.list_name}{when}."


def _unread(found: Found) -> tuple[Remark, ...]:
    return tuple(
        Remark(Outcome.WARNING, "REGISTRY_NOT_READ", f"{name} could not be asked: {why}", "/issuer")
        for name, why in found.unread.items()
    )
