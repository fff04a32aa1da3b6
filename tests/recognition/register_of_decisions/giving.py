"""A process that gives decisions their entries, and tells each."""

from __future__ import annotations

import secrets
from multiprocessing.connection import Connection

from recognition.register_of_decisions import Place, RegisterOfDecisions
from service import open_database
from service.status_ledger import ListSeries
from tests.recognition.decision_factories import RECORDED

SERIES = ListSeries("decisions/", "https://registrar.example/status/decisions/", "did:key:zOffice")


def give_entries(url: str, stream: str, count: int, told: Connection) -> None:
    """Give so many decisions of one stream of cases an entry each."""
    register = RegisterOfDecisions(open_database(url))
    for number in range(count):
        name = f"{stream}-{number}"
        give = SERIES.giving(secrets.randbelow)
        entry = register.statuses.give(Place(name, 1), f"urn:x:{name}", give, RECORDED)
        told.send_bytes(str(entry["id"]).encode())
    told.close()
