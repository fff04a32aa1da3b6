"""The Senate's part of a desk, put together: whom it believes, its registers, its jobs."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial

from recognition.desk import AddPart, DeskServices
from recognition.policies.credential import AdoptedPolicy
from recognition.policies.reading import read_policy
from recognition.senate import Jobs, SenateServices, add_senate
from service import map_in_processes
from tallystick.desk_checking import DeskChecking
from tallystick.trust_files import read_adopters

ID_BYTES = 16
SEED_BYTES = 16


def senate_part(desk: DeskServices, asked: DeskChecking) -> AddPart:
    """Build the part of a desk; `asked` are its processes, which verify and hold no key."""
    adopters = read_adopters(asked.checking.settings.trust_files)

    def open_signed(data: bytes) -> AdoptedPolicy:
        policy = read_policy(asked.open_policy_ahead(data))
        # Whoever signed it is whom it names, or it would not have been opened.
        return AdoptedPolicy(policy, policy.adoption.id)

    return add_senate(
        SenateServices(
            register=desk.register,
            now=desk.now,
            title=desk.title,
            open_policy=open_signed,
            is_believed=lambda adopter: adopter in adopters.ids,
            in_use=lambda: {one.title: one.policy_credential for one in desk.offers().values()},
            registers=lambda: desk.settling.examiner.registers,
            jobs=new_jobs(),
            draw_seed=lambda: secrets.token_hex(SEED_BYTES),
            # Whoever tries a draft sees progress before the processes have begun.
            mapper=partial(map_in_processes, workers=os.cpu_count() or 1, begins_here=True),
        )
    )


def new_jobs() -> Jobs:
    """Make a place for jobs, which run in a thread beside the requests."""
    return Jobs(start=_beside, clock=time.monotonic, draw=lambda: secrets.token_hex(ID_BYTES))


def _beside(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
