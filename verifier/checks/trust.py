"""Check "trust": whether the issuer is one that the reader knows."""

from __future__ import annotations

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from verifier.checks.world import World, issuer_id, passed, skipped
from verifier.issuer_registries import Entry, Found, IssuerRegistry, find_issuer
from verifier.report import Outcome, Remark


def check_trust(document: JsonObject, world: World) -> tuple[Remark, ...]:
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
        return (skipped("NO_TRUST_LIST", "No list of known issuers was given."),)
    # 2.
    issuer = issuer_id(document) or ""
    trusted = world.trust.issuers.get(issuer)
    if trusted is not None:
        name = f" as {trusted.name}" if trusted.name else ""
        return (passed(f"The issuer is known{name}, from {trusted.list_name}."),)
    # 3.
    found = find_issuer(issuer, world.trust.registries, world.resolver, world.now)
    if found.registry is not None and found.entry is not None:
        return (passed(_told(found.registry, found.entry, issuer, world)),)
    # 4.
    text = "The issuer is not on your list of known issuers. Find out who they are."
    return (Remark(Outcome.WARNING, "ISSUER_NOT_LISTED", text, "/issuer"), *_unread(found))


def _told(registry: IssuerRegistry, entry: Entry, issuer: str, world: World) -> str:
    told = " at ".join(part for part in (entry.name, entry.homepage) if part)
    at = world.retrieved_at(registry.address_of(issuer))
    when = "" if at is None else f", read at {format_timestamp(at.replace(microsecond=0))}"
    return f"The issuer is known{f' as {told}' if told else ''}, from {registry.name}{when}."


def _unread(found: Found) -> tuple[Remark, ...]:
    return tuple(
        Remark(Outcome.WARNING, "REGISTRY_NOT_READ", f"{name} could not be asked: {why}", "/issuer")
        for name, why in found.unread.items()
    )
