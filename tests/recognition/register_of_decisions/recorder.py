"""A process that records until it is killed, and tells each entry once it is on the disk."""

from __future__ import annotations

import itertools
from multiprocessing.connection import Connection

from recognition.register_of_decisions import (
    Appeal,
    RegisterOfDecisions,
    Ruling,
    Supersession,
)
from recognition.register_of_decisions.recording import Record
from service import open_database
from tests.recognition.decision_factories import RECORDED, decision, inputs, payload, refusal

STEPS_OF_A_CASE = 3
READY = b"-1"
"""What is told before the first step."""


def step(stream: str, number: int) -> Record:
    """Make the records of one stream, the same each time: decision, appeal, ruling, and so on."""
    case_number, step_of_case = divmod(number, STEPS_OF_A_CASE)
    case_id = f"{stream}-{case_number}"
    records: tuple[Record, ...] = (
        decision(case_id, payload(reasons=[str(number)])),
        Appeal(case_id, 1, "did:key:zApplicant", "The hours were misread."),
        Supersession(case_id, 2, refusal(), inputs(), "board", "No.", Ruling.DISMISSED),
    )
    return records[step_of_case]


def record_until_killed(url: str, stream: str, first: int, acknowledged: Connection) -> None:
    """Record the steps of a stream from the first one that was not acknowledged."""
    register = RegisterOfDecisions(open_database(url))
    register.checkpoint()
    acknowledged.send_bytes(READY)
    for number in itertools.count(first):
        register.record(step(stream, number), recorded_at=RECORDED)
        acknowledged.send_bytes(str(number).encode())
