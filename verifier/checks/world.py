"""What a check may know: the document, the time, and the injected world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from credentials.errors import IndeterminateError
from credentials.json_types import JsonObject, JsonValue, id_of
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.embedded import Contained, contained_credentials
from credentials.proofs.cryptosuite import ContextLoader, Environment
from verifier.report import Outcome, Remark, Verdict
from verifier.sources import Lookups, Source

if TYPE_CHECKING:
    from credentials.findings import Finding
    from credentials.verified import VerifiedCredential
    from frameworks.evidence import Recognition
    from frameworks.registers import Registers
    from keys.controller_document import ControllerDocument
    from keys.did import Resolver
    from keys.errors import KeyMaterialError
    from verifier.checks.proof import ProofEvidence
    from verifier.checks.status_lists import StatusList
    from verifier.status_memory import StatusMemory
    from verifier.trust import TrustList
    from verifier.verified_lists import VerifiedLists

Found = TypeVar("Found")


@dataclass(slots=True)
class Effort:
    """What one verification has spent and found out, over everything that it looks at.

    Work that a document can ask for many times is counted here, or done once.
    """

    proofs: int = 0
    """Proofs that were looked at."""

    claims: int = 0
    """Values at their levels that were held against registers."""

    stack_proofs: int = 0
    """Stack proofs of awards that were looked at."""

    canonicalized_values: int = 0
    """JSON values that were canonicalized for them."""

    history_values: int = 0
    """JSON values that the proofs of histories by did:webvh cover together."""

    round_trips: dict[int, JsonObject] = field(default_factory=dict)
    """Documents, by identity, that are written in the terms of their own contexts."""

    histories: dict[str, ControllerDocument | KeyMaterialError] = field(default_factory=dict)
    """Documents at the end of their histories by did:webvh, or why a history does not hold."""

    lists: dict[tuple[str, int, str], StatusList | Exception] = field(default_factory=dict)
    """Status lists by URL, nesting and type: what they say, or why they say nothing."""

    found_out: dict[tuple[str, int], tuple[JsonObject, Any]] = field(default_factory=dict)
    """Of documents, by question and identity: the document, and what was found out of it."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a verification takes from outside; nothing else is ever asked.

    `resolver` finds the JSON document behind a URL: documents of issuers, status lists.
    """

    now: datetime
    resolver: Resolver
    load_context: ContextLoader
    allowed_contexts: frozenset[str]
    trust: TrustList | None = None
    registers: RegistersInUse | None = None
    """Gives the registers that values are held against; it is asked when a value is stated."""

    recognitions_of: RecognitionsOf | None = None
    """Reads the recognition decision in a credential that is proven; nobody reads any without."""

    known_since: datetime | None = None
    """When the document was there already, by evidence that its signer had no hand in."""

    status_memory: StatusMemory | None = None
    """The newest status lists that were seen, so that an older one is not taken for the newest."""

    verified_lists: VerifiedLists | None = None
    """Status lists that were verified before, so that not every credential pays for its list."""

    expected_challenge: str | None = None
    expected_domain: str | None = None
    expected_recipient: str | None = None
    limits: Limits = DEFAULT_LIMITS
    allows_inline_contexts: bool = False
    """Whether a credential may bring contexts of its own, beside named ones."""

    unsafe_leaves_issuer_unbound: bool = False
    """Whether a stranger's key only earns a warning: what proofs alone say (for conformance)."""

    accepts_undisclosed: bool = False
    """Whether an end or a status that a holder does not disclose is taken as not being there."""

    tells_digest: bool = True
    """Whether the digest of what is verified is computed; a register is never counted as credit."""

    nesting: int = 0
    """How deep inside another verification this one runs: a status list or an endorsement is 1."""

    effort: Effort = field(default_factory=Effort, compare=False)
    """The only part that changes: the account of the verification that is going on."""

    @property
    def environment(self) -> Environment:
        """The part of the world that a cryptosuite may see."""
        return Environment(self.load_context, self.limits, self._spend)

    def _spend(self, values: int) -> None:
        self.effort.canonicalized_values += values
        if self.effort.canonicalized_values > self.limits.canonicalized_values:
            raise IndeterminateError(
                "This was not looked at: the proofs would take too much work.",
                code="TOO_MUCH_WORK",
            )

    def spend_proofs(self, count: int) -> None:
        """Count proofs and tokens that are about to be looked at.

        Raises `IndeterminateError` (TOO_MANY_PROOFS_IN_ALL) once there are too many.
        """
        self.effort.proofs += count
        most = self.limits.proofs_altogether
        if self.effort.proofs > most:
            text = f"This was not looked at: there are more than {most} proofs in all."
            raise IndeterminateError(text, code="TOO_MANY_PROOFS_IN_ALL", pointer="/proof")

    def once(
        self, question: str, document: JsonObject, find: Callable[[JsonObject], Found]
    ) -> Found:
        """Find something out about a document once, which must not change meanwhile.

        The question names all that the answer depends on, beside the document and the limits.
        """
        key = question, id(document)
        known = self.effort.found_out.get(key)
        if known is None:
            # The document is kept beside the answer, so that its identity stays its own.
            known = self.effort.found_out[key] = (document, find(document))
        found: Found = known[1]
        return found

    def contained_in(self, document: JsonObject) -> Iterator[Contained]:
        """Yield the credentials directly inside a document; usually there are none."""
        if self.once("contains any", document, lambda one: any(contained_credentials(one))):
            yield from contained_credentials(document)

    def for_one_verification(self) -> World:
        """The same world with an account of its own, in which nothing was looked up yet."""
        resolver = self.resolver
        if isinstance(resolver, Lookups):
            resolver = resolver.for_one_verification()
        return self._with(effort=Effort(), resolver=resolver)

    def _with(self, **members: Any) -> World:
        """The same world but for some members; `dataclasses.replace` takes twice as long."""
        made = object.__new__(type(self))
        for name in _MEMBERS:
            object.__setattr__(made, name, getattr(self, name))
        for name, value in members.items():
            # It has slots only for its members: another name raises.
            object.__setattr__(made, name, value)
        return made

    @property
    def sources(self) -> tuple[Source, ...]:
        """The documents that were looked up so far, as far as the resolver remembers them."""
        return self.resolver.sources if isinstance(self.resolver, Lookups) else ()

    def retrieved_at(self, url: str) -> datetime | None:
        """Tell when a document was had from where it is published, if that is known."""
        return next((one.at for one in self.sources if one.url == url), None)

    def for_presented(self) -> World:
        """The world for a credential inside a presentation: no challenge binds it."""
        return replace(self, expected_challenge=None, expected_domain=None)

    def for_component(self) -> World:
        """The world for a credential inside another one: its value is held against registers."""
        return replace(
            self.inner(),
            registers=self.registers,
            recognitions_of=self.recognitions_of,
            known_since=self.known_since,
        )

    def inner(self) -> World:
        """The world for a document that the checked one depends on."""
        return self._with(
            nesting=self.nesting + 1,
            trust=None,
            registers=None,
            recognitions_of=None,
            known_since=None,
            expected_challenge=None,
            expected_domain=None,
            expected_recipient=None,
        )


_MEMBERS = tuple(one.name for one in fields(World))


class Examined(Protocol):
    """What came of a document that the checked one contains or depends on."""

    @property
    def document(self) -> JsonObject:
        """The document, out of its token if it came in one; empty if it could not be read."""

    @property
    def verdict(self) -> Verdict:
        """The verdict on it by itself."""

    @property
    def evidence(self) -> tuple[ProofEvidence, ...]:
        """What became of its proofs."""

    @property
    def is_somebodys(self) -> bool:
        """Whether it is valid and one party signed it."""

    @property
    def remarks(self) -> Mapping[str, Sequence[Remark]]:
        """Its remarks, by check."""

    def verified(self, world: World) -> VerifiedCredential:
        """The credential; raises `VerificationError` unless it is valid."""


RegistersInUse = Callable[[], "Registers"]
"""Gives the registers in use, the same each time; reading them takes a while."""

RecognitionsOf = Callable[[JsonObject, World], "tuple[Recognition, ...]"]
"""Tells which values a recognition decision vouches for, if it holds in a world."""

Examine = Callable[[JsonValue, World], Examined]
"""Verifies what the checked document contains or depends on, as a whole: JSON or a token."""


REMARKS_KEPT = 64
"""How many remarks about what there is not are kept; they say nothing of any document."""


def passed(detail: str, code: str = "OK") -> Remark:
    """Say that a check found everything in order."""
    return Remark(Outcome.PASSED, code, detail)


@lru_cache(REMARKS_KEPT)
def skipped(code: str, detail: str) -> Remark:
    """Say that there was nothing to check, or that an earlier failure left nothing.

    The words are the same for every document: they are kept.
    """
    return Remark(Outcome.SKIPPED, code, detail)


def from_findings(findings: tuple[Finding, ...]) -> tuple[Remark, ...]:
    """Turn what a rule found into remarks: errors fail the check, the others are warnings."""
    return tuple(
        Remark(
            Outcome.FAILED if finding.severity == "error" else Outcome.WARNING,
            finding.code,
            finding.message,
            finding.pointer,
            clause=finding.clause,
        )
        for finding in findings
    )


def mentioned(examined: Examined, check_id: str, pointer: str) -> tuple[Remark, ...]:
    """Repeat what a check said about a document inside another one, unless that one is invalid."""
    if examined.verdict is Verdict.INVALID:
        return ()
    remarks = examined.remarks[check_id]
    return tuple(one.below(pointer) for one in remarks if one.outcome is not Outcome.SKIPPED)


def issuer_id(document: JsonObject) -> str | None:
    """Read the issuer's id, whether the issuer stands as a string or as an object."""
    return id_of(document.get("issuer"))


def types_of(document: JsonObject) -> tuple[str, ...]:
    """Read a `type` as a tuple of strings; anything else in it is left out."""
    value = document.get("type")
    names = value if isinstance(value, list) else [value]
    return tuple(name for name in names if isinstance(name, str))
