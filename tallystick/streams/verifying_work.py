"""Verifying many documents: one result for each, as a line of JSON or as a row of a table."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from credentials.json_types import JsonObject
from tallystick import verifying
from tallystick.asked import Asked
from tallystick.files import CommandError, read_input
from tallystick.streams.work import Batch, Do, Piece, Result, Results
from verifier.checks.world import World
from verifier.report import Outcome, Verdict, VerificationReport
from verifier.verified_lists import VerifiedLists
from verifier.verifier import Verifier

UNREADABLE = "unreadable"
"""Outcome of a file that cannot be read: there is no verdict on it."""

NOTHING_AGAINST = "Nothing speaks against it."
"""The reason of a credential that is valid without any warning."""


@dataclass(frozen=True, slots=True)
class VerifyLines:
    """Verify lines; the result is what `told_shortly` says, or the whole report."""

    asked: Asked
    whole_reports: bool = False

    def begin(self) -> Do:
        """Read trust, registers and resolver map once for all lines."""
        world = _lasting_world(self.asked)

        def do(batch: Batch) -> Results:
            verifier = Verifier(_as_of_now(world, self.asked))
            return [self._result(piece, verifier.check(piece.data)) for piece in batch]

        return do

    def _result(self, piece: Piece, report: VerificationReport) -> Result:
        told = report.to_json() if self.whole_reports else told_shortly(report)
        return Result(report.verdict.value, json_line({"line": piece.number, **told}))


@dataclass(frozen=True, slots=True)
class VerifyFiles:
    """Verify files by their paths; the result is what `told_shortly` says, with the path."""

    asked: Asked

    def begin(self) -> Do:
        """Read trust, registers and resolver map once for all files."""
        world = _lasting_world(self.asked)

        def do(batch: Batch) -> Results:
            verifier = Verifier(_as_of_now(world, self.asked))
            return [
                _of_file(piece.data.decode("utf-8", "surrogateescape"), verifier) for piece in batch
            ]

        return do


@dataclass(frozen=True, slots=True)
class VerifyEntries:
    """Verify files of an archive; each piece is what `entry_line` made of one."""

    asked: Asked

    def begin(self) -> Do:
        """Read trust, registers and resolver map once for all files."""
        world = _lasting_world(self.asked)

        def do(batch: Batch) -> Results:
            verifier = Verifier(_as_of_now(world, self.asked))
            return [_of_entry(piece.data, verifier) for piece in batch]

        return do


def entry_line(name: str, data: bytes, refusal: str) -> bytes:
    """Write a file of an archive as one piece: its name and why it is refused, and its bytes."""
    return json_line({"file": name, "code": refusal}) + b"\n" + data


def _of_entry(line: bytes, verifier: Verifier) -> Result:
    head, _end, data = line.partition(b"\n")
    named = json.loads(head)
    if named["code"]:
        reason = "This file of the archive was refused, and not looked at."
        told = {**named, "verdict": UNREADABLE, "reason": reason}
        return Result(UNREADABLE, json_line(told))
    report = verifier.check(data)
    told = {"file": named["file"], **told_shortly(report)}
    return Result(report.verdict.value, json_line(told))


def _lasting_world(asked: Asked) -> World:
    """Build the world for all that one worker verifies; it keeps the status lists it has read."""
    return replace(asked.world(), verified_lists=VerifiedLists())


def _as_of_now(world: World, asked: Asked) -> World:
    """Let the clock go on: a long stream is judged as of when each part of it is read."""
    return world if asked.at is not None else replace(world, now=verifying.now())


def _of_file(path: str, verifier: Verifier) -> Result:
    try:
        data = read_input(path)
    except CommandError as error:
        told = {"file": path, "verdict": UNREADABLE, "code": "UNREADABLE", "reason": str(error)}
        return Result(UNREADABLE, json_line(told))
    report = verifier.check(data)
    return Result(report.verdict.value, json_line({"file": path, **told_shortly(report)}))


def json_line(members: JsonObject) -> bytes:
    """Write an object on one line, in ASCII: a report may repeat half of a character."""
    return json.dumps(members, separators=(",", ":")).encode("ascii")


def told_shortly(report: VerificationReport) -> JsonObject:
    """Tell a report in one row: verdict, the weightiest reason, who, what, when, and its worth."""
    worst, credential = report.worst, report.credential
    if report.verdict is Verdict.VALID:
        credential = {**credential, **_value(report.value)}
    members = {
        "verdict": report.verdict.value,
        "code": worst.code,
        "reason": NOTHING_AGAINST if worst.outcome is Outcome.PASSED else worst.detail,
        **{name: credential.get(member) for name, member in MEMBERS.items()},
    }
    return {name: value for name, value in members.items() if value is not None}


MEMBERS = {
    "id": "id",
    "issuer": "issuer",
    "issuer_name": "issuer_name",
    "subject": "subject",
    "achievement": "achievement",
    "name": "name",
    "framework": "framework",
    "level": "level",
    "credits": "amount",
    "unit": "unit",
    "basis": "basis",
    "hours": "hours",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
}
"""Names of a row, with the members of a report's summary and value that they come from."""

COLUMNS = ("file", "verdict", "code", "reason", *MEMBERS)
"""The columns of a table of results."""


def _value(value: JsonObject) -> JsonObject:
    """Tell a value that is valid and the only one; several are for the whole report."""
    stated = value.get("stated", ())
    if len(stated) != 1:
        return {"level": f"{len(stated)} values, see the report"} if stated else {}
    only: JsonObject = stated[0]
    return only
