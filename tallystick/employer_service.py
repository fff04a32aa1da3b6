"""The verifier's pages for employers, put together: jobs on all cores."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from credentials.json_types import JsonObject
from service.errors import WorkerError
from tallystick import verifying
from tallystick.files import CommandError
from tallystick.streams.lines import in_batches
from tallystick.streams.processes import results_in_order, usable_cores
from tallystick.streams.verifying_work import json_line
from tallystick.streams.work import Batch, Do, Piece, Result, Results
from tallystick.web_configuration import VerifierConfiguration, key_beside
from verifier.employer import EmployerRoom, Jobs, JobTools
from verifier.employer.jobs import Pair
from verifier.employer.openid4vp import VerifierClient
from verifier.employer.requests import Requests
from verifier.employer.rows import found_of
from verifier.pages import VerifierPage
from verifier.status_memory import NewestLists
from verifier.verifier import Verifier

BATCH_DOCUMENTS = 16
"""How many documents a process is given at once: few, so that the progress goes on evenly."""


@dataclass(frozen=True, slots=True)
class CheckDocuments:
    """Check documents as the verifier of a configuration does; the result is that of `found_of`."""

    path: str
    configuration: VerifierConfiguration

    def begin(self) -> Do:
        """Read trust, registers and resolver map once for all documents."""
        from tallystick.web import Opened
        from verifier.web.application import Expected

        sources = self.configuration.sources
        opened = Opened(self.path, sources, offline=self.configuration.offline)
        world = opened.world(Expected(None, None), status_memory=NewestLists())

        def do(batch: Batch) -> Results:
            verifier = Verifier(replace(world, now=verifying.now()))
            return [_result(piece, verifier) for piece in batch]

        return do


def _result(piece: Piece, verifier: Verifier) -> Result:
    found = found_of(verifier.check(piece.data))
    told = json_line({"number": piece.number, "found": found})
    return Result(str(found["answer"]), told)


def employer_room(
    path: str, configuration: VerifierConfiguration, page: VerifierPage
) -> EmployerRoom:
    """Build what the pages for employers need; `path` is the file of the configuration."""
    work = CheckDocuments(path, configuration)

    def check(documents: Iterator[Pair]) -> Generator[tuple[int, JsonObject], None, None]:
        yield from checked(work, documents)

    tools = JobTools(
        check=check, fetch=page.fetch, start=_beside, draw=os.urandom, clock=time.monotonic
    )
    room = EmployerRoom(
        page,
        Jobs(tools),
        Requests(os.urandom, verifying.now),
        framers=configuration.framers,
        has_metrics=configuration.metrics,
        client=_client(path, configuration),
    )
    return _with_storage(room, configuration)


def _client(path: str, configuration: VerifierConfiguration) -> VerifierClient | None:
    """Have requests to wallets signed by the process of a signer, if the operator names a key."""
    if configuration.request_key is None:
        return None
    from tallystick.wallet_requests import client_by

    return client_by(key_beside(path, configuration.request_key))


def _with_storage(room: EmployerRoom, configuration: VerifierConfiguration) -> EmployerRoom:
    """Add what is kept in a database, if there is one; that takes a moment to load."""
    if configuration.storage is None:
        return room
    from tallystick.verifier_storage import kept_in

    watch, shares = kept_in(configuration)
    return replace(room, watch=watch, shares=shares)


def checked(
    work: CheckDocuments, documents: Iterator[Pair]
) -> Generator[tuple[int, JsonObject], None, None]:
    """Check documents on all cores, in their order; raises `WorkerError`."""
    pieces = (Piece(number, data) for number, data in documents)
    try:
        batches = in_batches(pieces, BATCH_DOCUMENTS)
        # The service goes on answering requests, so that its own process does not join in.
        for results in results_in_order(work, batches, usable_cores(), joins_in=False):
            for one in results:
                told = json.loads(one.told)
                yield told["number"], told["found"]
    except CommandError as error:
        raise WorkerError(str(error)) from error


def _beside(work: Callable[[], None]) -> None:
    """Do work beside the service, which does not wait for it when it ends."""
    threading.Thread(target=work, name="verifier-jobs", daemon=True).start()
