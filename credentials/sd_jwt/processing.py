"""Putting disclosures back where their digests stand (RFC 9901 section 7.1 steps 3 to 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credentials.errors import (
    CredentialError,
    InvalidProofError,
    LimitExceededError,
    MalformedValueError,
)
from credentials.json_types import JsonObject, JsonValue, count_values, pointer_to
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.sd_jwt.disclosures import (
    DEFAULT_HASH,
    DIGESTS,
    ELEMENT,
    HASH_ALGORITHM,
    Disclosure,
    digest_of,
    hash_function,
)

Steps = tuple[str | int, ...]
"""Member names and array indexes that lead to a place in the processed payload."""


@dataclass(frozen=True, slots=True)
class ProcessedPayload:
    """The claims of an SD-JWT after processing, and what became of its digests.

    `algorithm` names the hash function; `disclosed` has the place of each disclosure, with its
    digest; `hidden` the objects and arrays that have a digest without a disclosure: a claim that
    was kept back, or a decoy.
    """

    claims: JsonObject
    algorithm: str
    disclosed: Mapping[Steps, str]
    hidden: frozenset[Steps]


def process(
    payload: JsonObject, disclosures: Iterable[str], limits: Limits = DEFAULT_LIMITS
) -> ProcessedPayload:
    """Process a payload whose signature holds, with the disclosures that were sent.

    Obligations (RFC 9901 section 7.1):

    1. the hash function is understood (step 2e), and there are not too many disclosures;
    2. the digest of each disclosure is computed (step 3a), none being sent twice (section 4);
    3. digests are replaced by the claims that they stand for, recursively; a claim has no
       reserved name and stands nowhere where a claim of its name stands already (steps 3b to 3f);
    4. no digest stands in two places (step 4);
    5. no disclosure is left over (step 5).

    Raises `MalformedValueError`, `LimitExceededError`, `IndeterminateError` or
    `InvalidProofError` (DISCLOSURE_REPEATED, DIGEST_REPEATED, CLAIM_REPEATED, DISCLOSURE_KIND,
    DISCLOSURE_NOT_SIGNED).
    """
    # 1.
    algorithm = payload.get(HASH_ALGORITHM, DEFAULT_HASH)
    hash_function(algorithm)
    # 2.
    sent = _by_digest(disclosures, algorithm, limits)
    # 3. to 5.
    return unsafe_process(payload, sent, limits)


def unsafe_process(
    payload: JsonObject, sent: Mapping[str, Disclosure], limits: Limits = DEFAULT_LIMITS
) -> ProcessedPayload:
    """Process a payload with disclosures by digests that are taken as given."""
    work = _Processing(sent, limits)
    claims = work.object(payload, ())
    if work.waiting:
        raise InvalidProofError(
            f"{len(work.waiting)} disclosures do not belong to this credential: the issuer has not "
            "signed them.",
            code="DISCLOSURE_NOT_SIGNED",
        )
    algorithm = payload.get(HASH_ALGORITHM, DEFAULT_HASH)
    return ProcessedPayload(claims, algorithm, work.disclosed, frozenset(work.hidden))


def _by_digest(disclosures: Iterable[str], algorithm: str, limits: Limits) -> dict[str, Disclosure]:
    texts = list(disclosures)
    if len(texts) > limits.disclosures:
        raise LimitExceededError(
            f"There are more than {limits.disclosures} disclosures.", code="TOO_MANY_DISCLOSURES"
        )
    read = [Disclosure.read(text, limits) for text in texts]
    if sum(count_values(one.value) for one in read) > limits.values:
        raise _too_many_values(limits)
    sent = {digest_of(one.encoded, algorithm): one for one in read}
    if len(sent) != len(texts):
        raise InvalidProofError("A disclosure was sent twice.", code="DISCLOSURE_REPEATED")
    return sent


class _Processing:
    """One walk through a payload; what was met on the way is kept here."""

    def __init__(self, sent: Mapping[str, Disclosure], limits: Limits) -> None:
        self.waiting = dict(sent)
        self.disclosed: dict[Steps, str] = {}
        self.hidden: set[Steps] = set()
        self._met: set[str] = set()
        self._limits = limits
        self._values = 0

    def value(self, value: JsonValue, steps: Steps) -> JsonValue:
        """Process any value; what is neither object nor array stays as it is."""
        self._values += 1
        if self._values > self._limits.values:
            raise _too_many_values(self._limits)
        if isinstance(value, dict):
            return self.object(value, steps)
        return self._array(value, steps) if isinstance(value, list) else value

    def object(self, members: JsonObject, steps: Steps) -> JsonObject:
        """Process an object: its own members, then those that its digests stand for."""
        self._require_depth(steps)
        _require_no_misuse(members, steps)
        claims = {
            name: self.value(child, (*steps, name))
            for name, child in members.items()
            if name not in (DIGESTS, HASH_ALGORITHM)
        }
        for digest in _digests(members, steps):
            disclosure = self._take(digest, steps)
            if disclosure is None:
                continue
            if disclosure.name is None:
                raise _kind(steps)
            if disclosure.name in claims:
                raise InvalidProofError(
                    "A disclosure is for a claim that stands there already.",
                    code="CLAIM_REPEATED",
                    pointer=pointer_to((*steps, disclosure.name)),
                )
            place = (*steps, disclosure.name)
            self.disclosed[place] = digest
            claims[disclosure.name] = self.value(disclosure.value, place)
        return claims

    def _array(self, elements: list[JsonValue], steps: Steps) -> list[JsonValue]:
        """Process an array; elements whose digest has no disclosure are left out."""
        self._require_depth(steps)
        kept: list[JsonValue] = []
        for element in elements:
            place = (*steps, len(kept))
            if not isinstance(element, dict) or ELEMENT not in element:
                kept.append(self.value(element, place))
                continue
            digest = _element_digest(element, place)
            disclosure = self._take(digest, steps)
            if disclosure is None:
                continue
            if disclosure.name is not None:
                raise _kind(steps)
            self.disclosed[place] = digest
            kept.append(self.value(disclosure.value, place))
        return kept

    def _take(self, digest: str, steps: Steps) -> Disclosure | None:
        """Find the disclosure of a digest; without one something stays hidden at `steps`."""
        if digest in self._met:
            raise InvalidProofError(
                "One digest stands in two places of the credential.",
                code="DIGEST_REPEATED",
                pointer=pointer_to(steps),
            )
        self._met.add(digest)
        if digest not in self.waiting:
            self.hidden.add(steps)
            return None
        return self.waiting.pop(digest)

    def _require_depth(self, steps: Steps) -> None:
        if len(steps) >= self._limits.depth:
            raise LimitExceededError(
                "With its disclosures the credential is nested more than "
                f"{self._limits.depth} levels deep.",
                code="TOO_DEEP",
            )


def _require_no_misuse(members: JsonObject, steps: Steps) -> None:
    """Refuse names that are reserved for digests, where no digest may stand (section 4.1)."""
    if ELEMENT in members or (steps and HASH_ALGORITHM in members):
        name = ELEMENT if ELEMENT in members else HASH_ALGORITHM
        raise _misused((*steps, name))


def _digests(members: JsonObject, steps: Steps) -> list[str]:
    digests = members.get(DIGESTS, [])
    if not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
        raise _misused((*steps, DIGESTS))
    return digests


def _element_digest(element: JsonObject, steps: Steps) -> str:
    digest = element[ELEMENT]
    if len(element) != 1 or not isinstance(digest, str):
        raise _misused((*steps, ELEMENT))
    return digest


def _misused(steps: Steps) -> CredentialError:
    return MalformedValueError(
        f"The name {steps[-1]} is reserved for digests and is used for something else.",
        code="DIGESTS_MALFORMED",
        pointer=pointer_to(steps),
    )


def _kind(steps: Steps) -> InvalidProofError:
    return InvalidProofError(
        "A disclosure of an array's element stands for a member of an object, or the other way "
        "round.",
        code="DISCLOSURE_KIND",
        pointer=pointer_to(steps),
    )


def _too_many_values(limits: Limits) -> LimitExceededError:
    return LimitExceededError(
        f"With its disclosures the credential has more than {limits.values} values.",
        code="TOO_MANY_VALUES",
    )
