"""An institution's ledger as a file: which credentials serve which awards, which are spent."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.json_types import pointer_to
from credentials.limits import Limits
from credentials.strict_json import serialize_json_for_people
from stacking.lots import LedgerEntry
from stacking.plan_json import ledger_json
from tallystick.files import USAGE, CommandError, locked, read_json_object, write_output

FORMAT = "tallystick-ledger/1"

LEDGER_LIMITS = Limits(document_bytes=64 * 1024 * 1024, values=5_000_000)
"""A ledger is an institution's own file, and grows with every award."""


def read_ledger(path: Path | None) -> tuple[LedgerEntry, ...]:
    """Read a ledger; one that is not there yet has no entries."""
    if path is None or not path.exists():
        return ()
    members = read_json_object(str(path), LEDGER_LIMITS)
    fault = best_match(Draft202012Validator(schemas.json_schema("ledger")).iter_errors(members))
    if fault is not None:
        place = pointer_to(fault.absolute_path)
        raise CommandError(f"{path} is no ledger: {fault.message[:300]} (at {place}).", USAGE)
    return tuple(
        LedgerEntry(one["award"], one["spent"], one.get("lot"), one["digest"], one.get("family"))
        for one in members["entries"]
    )


def write_ledger(path: Path, entries: Iterable[LedgerEntry]) -> None:
    """Write a ledger whole, each entry once."""
    rows = [ledger_json(entry) for entry in dict.fromkeys(entries)]
    write_output(path, serialize_json_for_people({"format": FORMAT, "entries": rows}))


def held(path: Path | None) -> AbstractContextManager[None]:
    """Hold the folder of a ledger, so that two awards never spend the same credit at once."""
    from contextlib import nullcontext

    return nullcontext() if path is None else locked(path.absolute().parent)
