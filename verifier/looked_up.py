"""Telling what was looked up for a verification, and what is no longer fresh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from credentials.timestamps import format_timestamp
from verifier.checks.world import World, issuer_id
from verifier.examination import Examination
from verifier.report import Outcome, Remark
from verifier.sources import Lookups, Origin, Source


def account_for_sources(world: World, examination: Examination) -> None:
    """Put into an examination what was looked up for it, with a warning for what is stale.

    What led to a proof that holds was good, and may be kept for later verifications.
    """
    examination.sources = world.sources
    registries = _addresses_of_registries(examination, world)
    issuers = tuple(one for one in examination.sources if one.url not in registries)
    for check_id, remark in _stale(issuers, world.now):
        examination.add(check_id, [remark])
    if isinstance(world.resolver, Lookups) and _is_good(examination):
        world.resolver.keep()


def _is_good(examination: Examination) -> bool:
    undecided = Outcome.INDETERMINATE
    return examination.is_proven and not any(
        remark.outcome is undecided for remark in examination.remarks["status"]
    )


def _addresses_of_registries(examination: Examination, world: World) -> frozenset[str]:
    """Name what only told who the issuer is: the check "trust" says of when that is."""
    issuer = issuer_id(examination.document) or ""
    registries = world.trust.registries if world.trust is not None else ()
    return frozenset(one.address_of(issuer) for one in registries)


def _stale(sources: tuple[Source, ...], now: datetime) -> Iterator[tuple[str, Remark]]:
    for source in sources:
        if source.origin is not Origin.STALE or source.at is None:
            continue
        check_id, code = ("issuer", "STALE_ISSUER_DOCUMENT")
        if source.is_credential:
            check_id, code = ("status", "STALE_STATUS_LIST")
        when = format_timestamp(source.at.replace(microsecond=0))
        text = (
            f"This rests on a copy of {when} ({_age(now - source.at)} old), since nobody answers "
            "at the address of the document now. It holds as of then."
        )
        yield check_id, Remark(Outcome.WARNING, code, text)


def _age(age: timedelta) -> str:
    minutes = max(age, timedelta(0)) // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
