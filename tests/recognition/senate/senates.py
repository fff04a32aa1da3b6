"""A desk with a Senate's part, a register with decisions, and people who look at them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

from credentials.strict_json import serialize_json
from recognition.deciding.case import Ruling
from recognition.deciding.decide import decide
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.desk import Role, new_desk
from recognition.desk.room import DeskRoom
from recognition.policies.credential import policy_document
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import Decision, RegisterOfDecisions
from recognition.senate import Jobs, SenateServices, add_senate
from tallystick.adopters import Adopters
from tallystick.policies import open_policy_ahead
from tests.factories import NOW, STRANGER, sign, world
from tests.recognition.desk.desks import Browser, TestDesk
from tests.recognition.factories import (
    FACTS,
    SENATE,
    SOURCE,
    gate,
    inputs,
    policy_text,
    registers,
)

HOURS = gate("hours_min", "refuse", min="100")
OUTCOMES = gate("overlap_min", "refer", min="1/2")
CASES = 14
"""Decisions of a filled register: 8 granted, 3 refused for their hours, 2 referred, 1 ruled on."""


def text_of(**changes: Any) -> str:
    """Write the policy of these tests."""
    parts = {"gates": [HOURS, OUTCOMES], "sampling": {"rate": "1/3", "body": "Review board"}}
    mandate = {"mandate": {"office": "Registrar", "ids": ["did:x:y"], "second_reader": "never"}}
    return policy_text(**{**parts, **mandate, **changes})


@cache
def signed(text: str) -> bytes:
    """Have the Senate sign a policy."""
    document = policy_document(read_policy(text), issuer=SENATE)
    return serialize_json(sign(document, signer=STRANGER, suite="eddsa-jcs-2022"))


def case_inputs(number: int, text: str | None = None) -> DecisionInputs:
    """Make a case whose outcome follows from its number."""
    hours = Fraction(40) if number in (3, 7, 11) else Fraction(200)
    overlap = None if number in (5, 9, 13) else Fraction(4, 5)
    facts = replace(FACTS, hours=hours, overlap=overlap)
    source = replace(SOURCE, digest=f"sha256:{number:064x}", achievement=f"urn:x:{number % 4}")
    ruling = None
    if number == 13:
        ruling = Ruling("Ana Arai", Outcome.GRANT, "Looked at the course.")
    return replace(
        inputs(text or text_of(), facts, sources=(source,)),
        applicant=f"did:example:{number}",
        day=date(2026, 1 + number % 6, 3),
        ruling=ruling,
    )


@cache
def decided(number: int) -> tuple[bytes, bytes]:
    """Decide a case; what comes out is always the same."""
    decision = decide(case_inputs(number))
    return decision.payload_bytes, decision.inputs_bytes


def fill(register: RegisterOfDecisions, count: int = CASES) -> None:
    """Record the cases."""
    for number in range(count):
        register.record(Decision(f"case-{number}", *decided(number)), recorded_at=NOW)


def at_once(work: Callable[[], None]) -> None:
    """Do the work of a job before whoever begins it goes on."""
    work()


@dataclass
class SenateDesk(TestDesk):
    """A desk with the Senate's part."""

    start: Callable[[Callable[[], None]], object] = at_once
    patience: int = 1_000
    believed: frozenset[str] = frozenset({SENATE})
    in_use: dict[str, bytes] = field(default_factory=dict)
    draws: int = 0

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        self.jobs = Jobs(
            start=self.start,
            clock=lambda: 0,
            draw=lambda: f"job{next(numbers)}",
            patience=self.patience,
        )

    @property
    def register(self) -> RegisterOfDecisions:
        return RegisterOfDecisions(self.store.engine)

    def draw_seed(self) -> str:
        """Draw the seed that a test expects, and then others."""
        self.draws += 1
        return "Minutes of 3 June" if self.draws == 1 else f"seed {self.draws - 2}"

    def senate_services(self) -> SenateServices:
        def open_signed(data: bytes) -> Any:
            return open_policy_ahead(
                data, world=world(now=self.now), adopters=Adopters(self.believed)
            )

        return SenateServices(
            register=self.register,
            now=lambda: self.now,
            title="Registrar",
            open_policy=open_signed,
            is_believed=lambda adopter: adopter in self.believed,
            in_use=lambda: self.in_use,
            registers=registers,
            jobs=self.jobs,
            draw_seed=self.draw_seed,
        )

    def room(self) -> DeskRoom:
        return new_desk(self.services(), [add_senate(self.senate_services())])

    def member(self, name: str = "Carla Cole") -> Browser:
        """Return the browser of a member of the Senate."""
        return self.browser(self.person(Role.SENATE_MEMBER, name=name))

    def adopt(self, browser: Browser, text: str) -> str:
        """Hand in a policy that the Senate signed; return its page."""
        return hand_in(browser, signed(text))


def hand_in(browser: Browser, data: bytes) -> str:
    answer = browser.post("/desk/senate/policies", policy=(BytesIO(data), "policy.json"))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def digest_of(text: str) -> str:
    return read_policy(text).digest
