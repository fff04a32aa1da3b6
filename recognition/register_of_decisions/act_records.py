"""Acts of oversight: what is recorded about policies and about what is published; pure.

They stand in a chain of their own beside the decisions (docs/register-of-decisions.md), so that
nobody can take back who suspended a policy, or which sample was drawn, without it being seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from recognition.register_of_decisions.chain import Checkpoint
from recognition.register_of_decisions.entries import FIRST_PREVIOUS, id_of
from recognition.register_of_decisions.errors import ChainBrokenError, RegisterError
from recognition.register_of_decisions.recording import NAME_CHARACTERS, TEXT_CHARACTERS

FORMAT = "tallystick-oversight-act-1"
"""Names the form of what is hashed; another form gets another name."""


class ActKind(StrEnum):
    """What was done."""

    ADOPTION = "adoption"
    SUSPENSION = "suspension"
    LIFTING = "lifting"
    DRAW = "draw"
    PUBLICATION = "publication"


class PolicySuspendedError(RegisterError):
    """Nothing is decided by a policy as long as it is suspended."""

    code = "POLICY_SUSPENDED"


@dataclass(frozen=True, slots=True)
class ActDraft:
    """An act before it has its place.

    `subject` is the digest of a policy, or the period of published figures; `statement` and
    `document` are bytes: JSON by RFC 8785, and what was adopted or published.
    """

    kind: ActKind
    subject: str
    statement: bytes
    document: bytes = b""


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it stands in the chain."""

    sequence: int
    recorded_at: str
    kind: ActKind
    subject: str
    statement: bytes
    document: bytes
    previous_hash: bytes
    entry_hash: bytes

    @property
    def id(self) -> str:
        """Name the act by its hash."""
        return id_of(self.entry_hash)

    @property
    def draft(self) -> ActDraft:
        """Leave out the place."""
        return ActDraft(self.kind, self.subject, self.statement, self.document)

    @property
    def said(self) -> JsonObject:
        """Read the statement."""
        value: JsonObject = parse_json(self.statement)
        return value


class ActRecord(Protocol):
    """Something that is done."""

    def draft(self) -> ActDraft:
        """Write what the act says."""

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise `RegisterError` if it may not follow the acts that there are."""


@dataclass(frozen=True, slots=True)
class PolicyName:
    """Which text of a policy: id and version for people, digest for certainty."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """A signed policy that was verified when it was handed in; `by` handed it in."""

    policy: PolicyName
    adopter: str
    by: str
    document: bytes

    def draft(self) -> ActDraft:
        """Write who adopted what."""
        statement = {**_names(self.policy), "adopter": self.adopter, "by": _name(self.by)}
        return _draft(ActKind.ADOPTION, self.policy.digest, statement, self.document)

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise if this text is adopted already, or another one is as this version."""
        for act in of_kind(history, ActKind.ADOPTION):
            if act.subject == self.policy.digest:
                raise RegisterError(
                    f"This policy is adopted already: act {act.sequence}.", code="ALREADY_ADOPTED"
                )
            if (act.said["policy"], act.said["version"]) == (self.policy.id, self.policy.version):
                raise RegisterError(
                    f"Another text was adopted as this version: act {act.sequence}. Give this one "
                    "a version of its own.",
                    code="VERSION_TAKEN",
                )


@dataclass(frozen=True, slots=True)
class PolicySuspended:
    """From now on nothing is decided by a policy, until that is lifted."""

    policy: PolicyName
    by: str
    reason: str

    def draft(self) -> ActDraft:
        """Write who suspends it, and why."""
        statement = {**_names(self.policy), "by": _name(self.by), "reason": _text(self.reason)}
        return _draft(ActKind.SUSPENSION, self.policy.digest, statement)

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise if it is suspended."""
        act = suspension_of(self.policy.digest, history)
        if act is not None:
            text = f"This policy is suspended already: act {act.sequence}."
            raise RegisterError(text, code="ALREADY_SUSPENDED")


@dataclass(frozen=True, slots=True)
class SuspensionLifted:
    """A suspended policy decides again."""

    policy: PolicyName
    by: str
    reason: str

    def draft(self) -> ActDraft:
        """Write who lifts it, and why."""
        statement = {**_names(self.policy), "by": _name(self.by), "reason": _text(self.reason)}
        return _draft(ActKind.LIFTING, self.policy.digest, statement)

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise if it is not suspended."""
        if suspension_of(self.policy.digest, history) is None:
            raise RegisterError("This policy is not suspended.", code="NOT_SUSPENDED")


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    """A sample for review, as `recognition.oversight` draws it: pairs of case and decision.

    `seed_from` says who drew the seed: the service, so that nobody chooses what is drawn.
    """

    policy: PolicyName
    by: str
    seed: str
    rate: str
    population: int
    decisions: tuple[tuple[str, str], ...]
    seed_from: str = "service"

    def draft(self) -> ActDraft:
        """Write everything that is needed to draw it again."""
        statement = {
            **_names(self.policy),
            "by": _name(self.by),
            "seed": _text(self.seed),
            "seedFrom": _text(self.seed_from),
            "rate": self.rate,
            "population": self.population,
            "decisions": [{"case": case, "decision": one} for case, one in self.decisions],
        }
        return _draft(ActKind.DRAW, self.policy.digest, statement)

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise if a seed is used again: what it draws could be known before."""
        for act in of_kind(history, ActKind.DRAW):
            if act.said["seed"] == self.seed:
                text = f"This seed was used before, in act {act.sequence}. Take a new one."
                raise RegisterError(text, code="SEED_USED")


@dataclass(frozen=True, slots=True)
class FiguresPublished:
    """Figures about the decisions of a period, both days included, for everybody and for good."""

    first: date
    last: date
    by: str
    document: bytes

    def draft(self) -> ActDraft:
        """Write the period, and who publishes."""
        statement = {
            "by": _name(self.by),
            "from": self.first.isoformat(),
            "until": self.last.isoformat(),
        }
        subject = f"{self.first.isoformat()}/{self.last.isoformat()}"
        return _draft(ActKind.PUBLICATION, subject, statement, self.document)

    def require_admissible(self, history: Sequence[Act]) -> None:
        """Raise for a period that overlaps one of before: readers could subtract the two."""
        if self.last < self.first:
            raise RegisterError("The period ends before it begins.", code="PERIOD_MALFORMED")
        for act in of_kind(history, ActKind.PUBLICATION):
            first, last = (date.fromisoformat(act.said[name]) for name in ("from", "until"))
            if first <= self.last and self.first <= last:
                raise RegisterError(
                    f"Figures from {first} until {last} are published; periods that overlap would "
                    "let readers compute what is withheld. Choose days outside of it.",
                    code="PERIOD_OVERLAPS",
                )


def of_kind(history: Iterable[Act], kind: ActKind) -> tuple[Act, ...]:
    """Keep the acts of one kind, the oldest first."""
    return tuple(act for act in history if act.kind is kind)


def suspension_of(digest: str, history: Iterable[Act]) -> Act | None:
    """Find the suspension of a policy that nobody has lifted."""
    last: Act | None = None
    for act in history:
        if act.subject == digest and act.kind in (ActKind.SUSPENSION, ActKind.LIFTING):
            last = act if act.kind is ActKind.SUSPENSION else None
    return last


def place_act(draft: ActDraft, *, after: Checkpoint, recorded_at: str) -> Act:
    """Make a draft the act that follows the last one."""
    sequence = after.count + 1
    return Act(
        sequence=sequence,
        recorded_at=recorded_at,
        kind=draft.kind,
        subject=draft.subject,
        statement=draft.statement,
        document=draft.document,
        previous_hash=after.head,
        entry_hash=_hash(draft, sequence, recorded_at, after.head),
    )


def check_acts(acts: Iterable[Act], *, expected: Checkpoint | None = None) -> Checkpoint:
    """Check the whole chain of acts, and return its checkpoint.

    Raises `ChainBrokenError` (ACTS_BROKEN) at the first act that is missing, exchanged or changed,
    or if it is not the chain of the expected checkpoint.
    """
    last, is_expected = Checkpoint(0, FIRST_PREVIOUS), expected is None or expected.count == 0
    for act in acts:
        is_next = (act.sequence, act.previous_hash) == (last.count + 1, last.head)
        computed = _hash(act.draft, act.sequence, act.recorded_at, act.previous_hash)
        if not is_next or computed != act.entry_hash:
            raise _broken(last.count + 1)
        last = Checkpoint(act.sequence, act.entry_hash)
        is_expected = is_expected or last == expected
    if not is_expected:
        raise _broken(last.count + 1)
    return last


def _broken(sequence: int) -> ChainBrokenError:
    text = f"Act of oversight {sequence} is missing, exchanged or changed."
    return ChainBrokenError(text, sequence=sequence, code="ACTS_BROKEN")


def _hash(draft: ActDraft, sequence: int, recorded_at: str, previous: bytes) -> bytes:
    header = {
        "document": hashlib.sha256(draft.document).hexdigest(),
        "format": FORMAT,
        "kind": draft.kind.value,
        "previous": previous.hex(),
        "recorded": recorded_at,
        "sequence": sequence,
        "statement": hashlib.sha256(draft.statement).hexdigest(),
        "subject": draft.subject,
    }
    return hashlib.sha256(canonicalize(header)).digest()


def _draft(kind: ActKind, subject: str, statement: JsonObject, document: bytes = b"") -> ActDraft:
    return ActDraft(kind, subject, canonicalize(statement), document)


def _names(policy: PolicyName) -> JsonObject:
    return {"policy": policy.id, "version": policy.version}


def _name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > NAME_CHARACTERS:
        text = f"Say by name who does it, in at most {NAME_CHARACTERS} printable characters."
        raise RegisterError(text, code="NAME_MALFORMED")
    return name


def _text(text: str) -> str:
    if not text.strip() or len(text) > TEXT_CHARACTERS:
        told = f"A reason or a seed is a text of at most {TEXT_CHARACTERS} characters."
        raise RegisterError(told, code="TEXT_MISSING")
    return text
