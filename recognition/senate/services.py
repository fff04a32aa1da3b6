"""What the Senate's pages work with, and what the composition root gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from frameworks.registers import Registers
from recognition.oversight.replaying import Mapper
from recognition.policies.credential import AdoptedPolicy
from recognition.register_of_decisions import RegisterOfDecisions
from recognition.senate.jobs import Jobs


@dataclass(frozen=True)
class SenateServices:
    """Everything that these pages are given.

    `title` is what the office is called.  `open_policy` verifies a signed policy and raises
    `TallystickError` for one that the trust files' adopters did not sign; `is_believed` tells
    whether an adopter still is one of them.  `in_use` are the signed policies by which the desk
    decides now, by what they are for.  `mapper` applies a function in several processes.
    """

    register: RegisterOfDecisions
    now: Callable[[], datetime]
    title: str
    open_policy: Callable[[bytes], AdoptedPolicy]
    is_believed: Callable[[str], bool]
    in_use: Callable[[], Mapping[str, bytes]]
    registers: Callable[[], Registers]
    jobs: Jobs
    draw_seed: Callable[[], str]
    """Draws the seed of a sample, which nobody knows before and nobody chooses."""

    mapper: Mapper = map

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self.now().date()
