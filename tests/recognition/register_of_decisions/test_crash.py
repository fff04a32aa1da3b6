"""Processes that are killed while they record lose nothing acknowledged and double nothing."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

from sqlalchemy import Engine

from recognition.register_of_decisions import RegisterOfDecisions
from recognition.register_of_decisions.entries import Draft
from tests.processes import PROCESSES
from tests.recognition.register_of_decisions.recorder import record_until_killed, step
from tests.soak import repetitions

KILLS = {"sqlite": repetitions(10, soak=200), "postgresql": repetitions(5, soak=200)}
"""How often two processes are killed, at random points."""

LONGEST_LIFE = 4
"""Entries: some processes die during their first one, some after a few."""

LONGEST_PAUSE = 0.01
"""Seconds from the last entry that is waited for: any point of recording the next ones."""

LONGEST_WAIT = 60
"""Seconds that one entry may take on a busy machine."""

STREAMS = ("a", "b")


def killed(url: str, first: dict[str, int], life: int, pause: float) -> dict[str, int]:
    """Run one process for each stream, kill them, and return what is first next time.

    They live until the first of them has recorded so many entries, and a pause longer.
    """
    pipes = {stream: PROCESSES.Pipe(duplex=False) for stream in STREAMS}
    processes = [
        PROCESSES.Process(
            target=record_until_killed,
            args=(url, stream, first[stream], pipes[stream][1]),
            daemon=True,  # so that none is left behind where this test fails
        )
        for stream in STREAMS
    ]
    for process in processes:
        process.start()
    for _reader, writer in pipes.values():
        writer.close()
    heard = {stream: [_next(pipes[stream][0])] for stream in STREAMS}
    heard[STREAMS[0]] += [_next(pipes[STREAMS[0]][0]) for _entry in range(life)]
    time.sleep(pause)
    for process in processes:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
    return {
        stream: max([first[stream] - 1, *heard[stream], *acknowledged(reader)]) + 1
        for stream, (reader, _writer) in pipes.items()
    }


def _next(reader: Connection) -> int:
    assert reader.poll(LONGEST_WAIT)
    return int(reader.recv_bytes())


def acknowledged(reader: Connection) -> Iterator[int]:
    """Read what arrived before the end."""
    with reader:
        while True:
            try:
                yield int(reader.recv_bytes())
            except EOFError:
                return


def expected(register: RegisterOfDecisions, stream: str, count: int) -> list[Draft]:
    """Write what a stream should have left, by the same rules but entry by entry."""
    drafts: list[Draft] = []
    for number in range(count):
        record = step(stream, number)
        drafts.append(record.draft(register.case(record.case_id)))
    return drafts


def test_killed_processes_lose_and_double_nothing(database_url: str, database: Engine) -> None:
    chance = random.Random(20260302)
    register, first = RegisterOfDecisions(database), dict.fromkeys(STREAMS, 0)
    kills = KILLS[database.dialect.name]
    for _kill in range(kills):
        life, pause = chance.randrange(LONGEST_LIFE), chance.uniform(0, LONGEST_PAUSE)
        first = killed(database_url, first, life, pause)
    entries = list(register.entries())
    for stream in STREAMS:
        drafts = [entry.draft for entry in entries if entry.case_id.startswith(f"{stream}-")]
        # What was written last may not have been acknowledged; it is repeated, not doubled.
        assert first[stream] <= len(drafts) <= first[stream] + 1
        assert drafts == expected(register, stream, len(drafts))
    assert first[STREAMS[0]] > kills
    assert register.check_chain().count == len(entries)
