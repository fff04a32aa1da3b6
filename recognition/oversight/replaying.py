"""Computing past decisions again: whether they come out the same, and what a draft would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from credentials.errors import TallystickError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from recognition.decision_payload import read_object, read_payload
from recognition.oversight.recorded import nothing
from recognition.register_of_decisions import Entry

ReplayFunction = Callable[[bytes], bytes]
"""Computes the payload of a decision from its inputs, both as RFC 8785 bytes."""

Progress = Callable[[int], None]
"""Is told how many decisions are done, after each of them."""

DECIDED = frozenset({"granted", "outcome", "recognition"})
"""Members of a payload that say what was decided; a draft has other gates and appeals anyway."""

NOT_DECIDED = "NOT_DECIDED"
"""Stands for the outcome where a decision could not be computed again."""


class Mapper(Protocol):
    """Applies a function to many entries and yields the results in their order.

    The built-in `map` does it here, `service.map_in_processes` in several processes.
    """

    def __call__(
        self, function: Callable[[Entry], Difference | None], items: Iterable[Entry], /
    ) -> Iterator[Difference | None]:
        """Apply the function."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that comes out otherwise: which members of it differ, and these before and after.

    The outcome is always among them.  `after` is None if it could not be computed; then `refused`
    says why.  `members` is empty if only the bytes differ, which would break its digest all the
    same.
    """

    id: str
    case_id: str
    revision: int
    before: JsonObject
    after: JsonObject | None
    members: tuple[str, ...]
    refused: str | None = None

    @property
    def outcomes(self) -> tuple[str, str]:
        """Tell the outcome before and after."""
        after = NOT_DECIDED if self.after is None else self.after["outcome"]
        return self.before["outcome"], after

    def to_json(self) -> JsonObject:
        """Write what differs; of both payloads only the members that do."""
        before, after = self.outcomes
        return {
            "case": self.case_id,
            "revision": self.revision,
            "decision": self.id,
            "from": before,
            "to": after,
            "members": {
                name: {"from": self.before.get(name), "to": (self.after or {}).get(name)}
                for name in self.members
            },
            "why": self.refused,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out of replaying: how many decisions, and those that differ."""

    count: int
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        """Tell whether every decision came out the same."""
        return not self.differences

    @property
    def changes(self) -> Mapping[tuple[str, str], int]:
        """Count the differing decisions by outcome before and after."""
        return Counter(difference.outcomes for difference in self.differences)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What is done to each entry; can be pickled if the replay function can be.

    `compared` are the members that count; None for all of them, byte by byte.
    """

    replay: ReplayFunction
    compared: frozenset[str] | None

    def __call__(self, entry: Entry) -> Difference | None:
        try:
            data = self.replay(entry.inputs)
            if data == entry.payload:
                return None
            read_payload(data)
            after = read_object(data, "replayed decision")
        except TallystickError as error:
            return self._difference(entry, None, error.message)
        difference = self._difference(entry, after, None)
        return difference if difference.members or self.compared is None else None

    def _difference(
        self, entry: Entry, after: JsonObject | None, refused: str | None
    ) -> Difference:
        before = read_object(entry.payload, "recorded decision")
        members = () if after is None else tuple(self._differing(before, after))
        return Difference(
            id=entry.id,
            case_id=entry.case_id,
            revision=entry.revision,
            before=_only(before, members),
            after=None if after is None else _only(after, members),
            members=members,
            refused=refused,
        )

    def _differing(self, before: JsonObject, after: JsonObject) -> Iterator[str]:
        for name in sorted(before.keys() | after.keys()):
            is_compared = self.compared is None or name in self.compared
            if is_compared and not _are_same(name, before, after):
                yield name


def _only(payload: JsonObject, members: tuple[str, ...]) -> JsonObject:
    """Keep the outcome and what differs: a hundred thousand whole payloads would fill memory."""
    return {name: payload[name] for name in ("outcome", *members) if name in payload}


def check_replay(
    decisions: Iterable[Entry],
    replay: ReplayFunction,
    *,
    mapper: Mapper = map,
    progress: Progress = lambda _done: None,
) -> Replay:
    """Compute every decision again from its inputs, and compare byte by byte.

    Raises `RecognitionError` (NOTHING_TO_SAY) without decisions.
    """
    return _replay(decisions, _Comparison(replay, None), mapper, progress)


def what_if(
    decisions: Iterable[Entry],
    draft: ReplayFunction,
    *,
    mapper: Mapper = map,
    progress: Progress = lambda _done: None,
) -> Replay:
    """Tell which past decisions a draft policy or another register edition would change.

    `draft` computes by the draft, whatever policy the inputs name.  Only what is decided counts:
    that the payload then names another policy and other gates is no difference.  Nothing that
    was decided is changed.

    Raises `RecognitionError` (NOTHING_TO_SAY) without decisions.
    """
    return _replay(decisions, _Comparison(draft, DECIDED), mapper, progress)


def each_what_if(
    decisions: Iterable[Entry], draft: ReplayFunction, *, mapper: Mapper = map
) -> Generator[Difference | None, None, None]:
    """Tell the same of one decision after the other, in their order; None is the same.

    Whoever closes the generator stops the work.
    """
    yield from mapper(_Comparison(draft, DECIDED), decisions)


def _replay(
    decisions: Iterable[Entry], comparison: _Comparison, mapper: Mapper, progress: Progress
) -> Replay:
    count, differences = 0, []
    for difference in mapper(comparison, decisions):
        count += 1
        if difference is not None:
            differences.append(difference)
        progress(count)
    if not count:
        raise nothing("decisions to replay")
    return Replay(count, tuple(differences))


def _are_same(name: str, before: JsonObject, after: JsonObject) -> bool:
    """Tell whether a member is the same; absent and null both mean that it does not apply."""
    return canonicalize(before.get(name)) == canonicalize(after.get(name))
