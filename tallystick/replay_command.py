"""The command that decides all recorded cases again: the same bytes, or what a draft changes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from credentials.json_types import JsonObject
from frameworks.registers import Registers
from recognition.deciding.replaying import replay, what_if
from recognition.policies.consistency import accepted_sources, require_consistent
from recognition.policies.policy import Policy
from tallystick import verifying
from tallystick.decisions_in_use import decisions_option, register_of_decisions
from tallystick.explaining import printable
from tallystick.policy_drafts import read_draft
from tallystick.progress import ProgressLine
from tallystick.trust_files import read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use

if TYPE_CHECKING:
    from recognition.oversight import Difference, Replay
    from recognition.oversight.replaying import Mapper, Progress
    from recognition.register_of_decisions import RegisterOfDecisions

CASES_TOLD = 50
"""Most cases that are listed for people; --json lists all."""


@click.command("replay")
@click.option("--policy", "draft_file", help="What if this draft (TOML) had been the policy.")
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one per core).")
@click.option("--progress", "wants_progress", is_flag=True, help="Tell progress to a file, too.")
@click.option("--json", "as_json", is_flag=True, help="Print every difference as JSON.")
@decisions_option(required=True)
@click.pass_context
def replay_decisions(
    context: click.Context,
    draft_file: str | None,
    register_files: tuple[str, ...],
    trust_files: tuple[str, ...],
    resolver_map: str | None,
    workers: int | None,
    wants_progress: bool,
    as_json: bool,
    decisions_url: str,
) -> None:
    """Decide all recorded cases again, and compare with what was decided.

    Every decision has to come out byte for byte. With --policy or --register nothing is checked:
    it is told which decisions in force a draft, or an edition of a register, would have changed,
    on the facts as they were established.

    Exit status: 0 all the same, 1 there are differences.
    """
    register = register_of_decisions(decisions_url)
    mapper = _mapper(workers or os.cpu_count() or 1)
    if draft_file is None and not register_files:
        replayed, told = _replay_all(register, mapper, wants_progress), _told_replay
    else:
        draft = None if draft_file is None else read_draft(draft_file)
        registers = _registers(register_files, trust_files, resolver_map, draft)
        replayed = _what_if(register, draft, registers, mapper, wants_progress)
        told = _told_what_if
    if as_json:
        click.echo(json.dumps(_replay_json(replayed), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, told(replayed))))
    context.exit(0 if replayed.is_identical else 1)


def _registers(
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    resolver_map: str | None,
    draft: Policy | None,
) -> Registers:
    """Open the registers; a draft that contradicts them is refused before anything is decided."""
    now, resolver = verifying.now(), read_resolver_map(resolver_map)
    registers = registers_in_use(files, trust_files, resolver, now)
    if draft is not None:
        require_consistent(draft, accepted_sources(draft, registers, now.date()))
    return registers


def _mapper(workers: int) -> Mapper:
    from service import map_in_processes

    return map if workers == 1 else partial(map_in_processes, workers=workers)


def _progress(length: int, wants_progress: bool) -> Progress:
    if wants_progress or sys.stderr.isatty():
        return ProgressLine(length, sys.stderr)
    return lambda _done: None


def _replay_all(register: RegisterOfDecisions, mapper: Mapper, wants_progress: bool) -> Replay:
    from recognition.oversight import check_replay

    progress = _progress(register.count_decisions(), wants_progress)
    return check_replay(register.decisions(), replay, mapper=mapper, progress=progress)


def _what_if(
    register: RegisterOfDecisions,
    draft: Policy | None,
    registers: Registers,
    mapper: Mapper,
    wants_progress: bool,
) -> Replay:
    from recognition.oversight import what_if as compare

    decides = partial(what_if, policy=draft, registers=registers)
    progress = _progress(register.count_cases(), wants_progress)
    return compare(register.decisions_in_force(), decides, mapper=mapper, progress=progress)


def _told_replay(replayed: Replay) -> Iterator[str]:
    if replayed.is_identical:
        yield f"IDENTICAL. {replayed.count} decisions came out again, byte for byte."
        return
    differing = len(replayed.differences)
    yield f"{differing} OF {replayed.count} DECISIONS DO NOT COME OUT AGAIN."
    yield from _listed(replayed.differences)


def _told_what_if(replayed: Replay) -> Iterator[str]:
    if replayed.is_identical:
        yield f"NO CHANGE. {replayed.count} decisions in force would be the same."
        return
    yield f"{len(replayed.differences)} of {replayed.count} decisions in force would be others:"
    for (before, after), count in sorted(replayed.changes.items()):
        yield f"  {count} from {before} to {after}"
    yield from _listed(replayed.differences)
    yield "Nothing was changed: a decision stands as it was made."


def _listed(differences: Iterable[Difference]) -> Iterator[str]:
    told = tuple(differences)
    for one in told[:CASES_TOLD]:
        before, after = one.outcomes
        why = one.refused or ", ".join(one.members) or "its form only"
        yield f"{one.case_id} (decision {one.revision}): {before} to {after}: {why}"
    if len(told) > CASES_TOLD:
        yield f"and {len(told) - CASES_TOLD} more; --json lists all"


def _replay_json(replayed: Replay) -> JsonObject:
    return {
        "count": replayed.count,
        "same": replayed.count - len(replayed.differences),
        "changes": [
            {"from": before, "to": after, "count": count}
            for (before, after), count in sorted(replayed.changes.items())
        ],
        "differences": [one.to_json() for one in replayed.differences],
    }
