"""Which draw of its policy a sample was, so that nobody draws until one is pleasant, unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from credentials.json_types import JsonObject
from recognition.register_of_decisions import Act, ActKind

BY_SERVICE = "service"
"""Who drew the seed, as an act says it: nobody could know or choose it."""

BY_PERSON = "person"
"""The same for seeds of before services drew them, which somebody entered."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw with its number among those from decisions under the same text of a policy.

    The first one counts as the sample; `before` is the draw before this one, if there was one.
    """

    act: Act
    number: int
    before: Act | None

    @property
    def is_later(self) -> bool:
        """Tell whether a sample had been drawn under this policy already."""
        return self.before is not None

    @property
    def seed_from(self) -> str:
        """Tell who drew the seed."""
        return str(self.act.said.get("seedFrom", BY_PERSON))

    def to_json(self) -> JsonObject:
        """Write which draw it was."""
        return {
            "act": self.act.sequence,
            "number": self.number,
            "seedFrom": self.seed_from,
            "before": None if self.before is None else self.before.sequence,
        }


def numbered_draws(acts: Iterable[Act]) -> tuple[Draw, ...]:
    """Number the draws among acts, which come in their order."""
    counts: Counter[str] = Counter()
    last: dict[str, Act] = {}
    draws = []
    for act in acts:
        if act.kind is ActKind.DRAW:
            counts[act.subject] += 1
            draws.append(Draw(act, counts[act.subject], last.get(act.subject)))
            last[act.subject] = act
    return tuple(draws)
