"""Processes that tests start, and kill: each is forked from one that has loaded its modules.

Python has one such server in a process, and it loads what was named last: so all that any test
wants of it is named here.  A process that finds a module missing loads it for itself, each time.
"""

from __future__ import annotations

from multiprocessing import get_context

from tallystick.command import COMMANDS

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "alembic.command",
        "psycopg",
        "service.status_ledger",
        *sorted({f"tallystick.{module}" for module in COMMANDS.values()}),
        "tests.issuer.issuing.killed",
        "tests.issuer.issuing.test_memory",
        "tests.recognition.register_of_decisions.giving",
        "tests.recognition.register_of_decisions.recorder",
        "tests.service.test_status_ledger",
        "tests.tallystick.loaded_command",
        "tests.tallystick.office",
    ]
)
