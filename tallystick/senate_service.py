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
from recognition.senate import Jobs, SenateServices, add_senate
from service import map_in_processes
from tallystick.desk_configuration import DeskConfiguration
from tallystick.policies import open_policy_ahead
from tallystick.trust_files import read_adopters
from tallystick.web import Opened
from tallystick.web_configuration import beside
from verifier.status_memory import NewestLists
from verifier.web.application import Expected

ID_BYTES = 16


def senate_part(path: str, configuration: DeskConfiguration, desk: DeskServices) -> AddPart:
    """Build the part from the configuration of a desk; `path` is its file."""
    sources = Opened(path, configuration.sources, offline=configuration.offline)
    adopters = read_adopters(tuple(beside(path, file) for file in configuration.sources.trust))

    def open_signed(data: bytes) -> AdoptedPolicy:
        world = sources.world(Expected(None, None), status_memory=NewestLists())
        return open_policy_ahead(data, world=world, adopters=adopters)

    return add_senate(
        SenateServices(
            register=desk.register,
            now=desk.now,
            title=desk.title,
            open_policy=open_signed,
            is_believed=lambda adopter: adopter in adopters.ids,
            in_use=lambda: {one.title: one.policy_credential for one in desk.offers().values()},
            registers=lambda: sources.registers,
            jobs=new_jobs(),
            mapper=partial(map_in_processes, workers=os.cpu_count() or 1),
        )
    )


def new_jobs() -> Jobs:
    """Make a place for jobs, which run in a thread beside the requests."""
    return Jobs(start=_beside, clock=time.monotonic, draw=lambda: secrets.token_hex(ID_BYTES))


def _beside(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
