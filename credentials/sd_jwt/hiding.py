"""Hiding claims behind digests, as an issuer does (RFC 9901 sections 4.2.4 to 4.2.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject, JsonValue, pointer_to, walk
from credentials.sd_jwt.disclosures import (
    DEFAULT_HASH,
    DIGESTS,
    ELEMENT,
    HASH_ALGORITHM,
    RESERVED_NAMES,
    Disclosure,
    digest_of,
)
from credentials.sd_jwt.processing import Steps


@dataclass(frozen=True, slots=True)
class Hiding:
    """How to hide: fresh salts (at least 128 random bits each), hash function, decoys.

    `decoys` is how many digests of nothing each object gets that has something to hide.
    """

    new_salt: Callable[[], str]
    algorithm: str = DEFAULT_HASH
    decoys: int = 0


def hide(
    claims: JsonObject, disclosable: Iterable[Steps], hiding: Hiding
) -> tuple[JsonObject, tuple[Disclosure, ...]]:
    """Build the payload and the disclosures in which the named places can be kept back.

    A disclosable place inside another one can be disclosed only together with that one.
    Raises `IssuanceError` (NOTHING_TO_HIDE) for a place that is not there, and
    (CLAIM_NAME_RESERVED) for claims of a name that RFC 9901 reserves.
    """
    _require_free_names(claims)
    work = _Hiding(set(disclosable), hiding)
    payload = work.object(claims, ())
    if work.places:
        missing = pointer_to(min(work.places, key=str))
        raise IssuanceError(
            "What shall be selectively disclosable is not there.",
            code="NOTHING_TO_HIDE",
            pointer=missing,
        )
    if work.disclosures or hiding.decoys:
        payload[HASH_ALGORITHM] = hiding.algorithm
    return payload, tuple(work.disclosures)


def _require_free_names(claims: JsonObject) -> None:
    for pointer, value in walk(claims):
        if isinstance(value, dict) and RESERVED_NAMES & value.keys():
            raise IssuanceError(
                "A claim has a name that is reserved for selective disclosure.",
                code="CLAIM_NAME_RESERVED",
                pointer=pointer,
            )


@dataclass(slots=True)
class _Hiding:
    """One walk through the claims; `places` are those that were not met yet."""

    places: set[Steps]
    hiding: Hiding
    disclosures: list[Disclosure] = field(default_factory=list)

    def object(self, members: JsonObject, steps: Steps) -> JsonObject:
        payload: JsonObject = {}
        digests: list[str] = []
        for name, child in members.items():
            place = (*steps, name)
            is_hidden, value = self._is_hidden(place), self._value(child, place)
            if is_hidden:
                digests.append(self._disclose(name, value))
            else:
                payload[name] = value
        if digests or (not steps and self.hiding.decoys):
            # In an order of their own, so that it says nothing about that of the claims.
            payload[DIGESTS] = sorted([*digests, *self._decoys()])
        return payload

    def _array(self, elements: list[JsonValue], steps: Steps) -> list[JsonValue]:
        written: list[JsonValue] = []
        for index, child in enumerate(elements):
            place = (*steps, index)
            is_hidden, value = self._is_hidden(place), self._value(child, place)
            written.append({ELEMENT: self._disclose(None, value)} if is_hidden else value)
        return written

    def _value(self, value: JsonValue, steps: Steps) -> JsonValue:
        if isinstance(value, dict):
            return self.object(value, steps)
        return self._array(value, steps) if isinstance(value, list) else value

    def _is_hidden(self, place: Steps) -> bool:
        is_hidden = place in self.places
        self.places.discard(place)
        return is_hidden

    def _disclose(self, name: str | None, value: JsonValue) -> str:
        disclosure = Disclosure.make(self.hiding.new_salt(), name, value)
        self.disclosures.append(disclosure)
        return disclosure.digest(self.hiding.algorithm)

    def _decoys(self) -> list[str]:
        hiding = self.hiding
        return [digest_of(hiding.new_salt(), hiding.algorithm) for _ in range(hiding.decoys)]
