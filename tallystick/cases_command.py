"""The commands about recorded cases: appeals, review marks, how cases stand, checkpoints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from recognition.decision_payload import OUTCOMES
from tallystick import verifying
from tallystick.decisions_in_use import decisions_option, register_of_decisions
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, read_json_object

if TYPE_CHECKING:
    from recognition.register_of_decisions import Checkpoint, Entry, RegisterOfDecisions
    from recognition.register_of_decisions.recording import Record
    from recognition.register_of_decisions.states import CaseState

CASE = click.argument("case_id", metavar="CASE")
DECISIONS = decisions_option(required=True)
REVISION = click.option(
    "--revision",
    type=click.IntRange(min=1),
    help="Which decision of the case (default: the one in force).",
)


@click.command()
@CASE
@click.option("--by", required=True, help="Who appeals.")
@click.option("--grounds", required=True, help="On which grounds.")
@click.option(
    "--late-because", default="", help="Why it is taken although the time to appeal has ended."
)
@REVISION
@DECISIONS
def appeal(
    case_id: str,
    by: str,
    grounds: str,
    late_because: str,
    revision: int | None,
    decisions_url: str,
) -> None:
    """Record an appeal against the decision of CASE.

    A ruling that decides otherwise ("recognise decide ... --case CASE") upholds it; "recognise
    dismiss" leaves the decision as it is.
    """
    from recognition.register_of_decisions import Appeal

    register = register_of_decisions(decisions_url)
    about = revision or _in_force(register, case_id).revision
    _record(register, Appeal(case_id, about, by, grounds, late_because))


@click.command()
@CASE
@click.option("--by", required=True, help="Who dismisses it.")
@click.option("--reason", required=True, help="Why.")
@DECISIONS
def dismiss(case_id: str, by: str, reason: str, decisions_url: str) -> None:
    """Dismiss the appeal against the decision of CASE, which stays as it is."""
    from recognition.registered_case import dismissal

    register = register_of_decisions(decisions_url)
    _record(register, dismissal(case_id, register.case(case_id), by=by, reason=reason))


@click.command()
@CASE
@click.option("--by", required=True, help="The reviewer, who has not decided the case.")
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True)
@click.option("--remark", default="", help="What the reviewer adds.")
@REVISION
@DECISIONS
def review(
    case_id: str, by: str, outcome: str, remark: str, revision: int | None, decisions_url: str
) -> None:
    """Record what a reviewer would have decided of CASE; marks stay."""
    from recognition.register_of_decisions import ReviewMark

    register = register_of_decisions(decisions_url)
    about = revision or _in_force(register, case_id).revision
    _record(register, ReviewMark(case_id, about, by, outcome, remark))


@click.command()
@click.option("--open", "only_open", is_flag=True, help="Only those which a person must decide.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@DECISIONS
def cases(only_open: bool, as_json: bool, decisions_url: str) -> None:
    """List the cases of the register, and how each stands."""
    from recognition.register_of_decisions.states import case_states

    found = case_states(register_of_decisions(decisions_url).entries())
    chosen = [one for one in found if one.is_open or not only_open]
    if as_json:
        click.echo(json.dumps([one.to_json() for one in chosen], indent=2, ensure_ascii=False))
        return
    for one in chosen:
        click.echo(printable(_in_words(one)))
    click.echo(f"{len(chosen)} of {len(found)} cases", err=True)


@click.command()
@click.option("--expect", "kept", help="A checkpoint that was kept; the whole chain is checked.")
@DECISIONS
def checkpoint(kept: str | None, decisions_url: str) -> None:
    """Print count and head of the register as JSON, to be signed, published and kept elsewhere.

    Exit status: 0, or 1 if the register is not what was written, or not that of --expect.
    """
    expected = None if kept is None else kept_checkpoint(kept)
    register = register_of_decisions(decisions_url)
    found = register.checkpoint() if expected is None else register.check_chain(expected=expected)
    click.echo(json.dumps(found.to_json()))
    if expected is not None:
        told = f"{found.count} entries are what was written; the first {expected.count} are those"
        click.echo(f"{told} of the checkpoint.", err=True)


def kept_checkpoint(file: str) -> Checkpoint:
    """Read a checkpoint from the file in which it was kept."""
    from recognition.register_of_decisions import Checkpoint

    try:
        return Checkpoint.from_json(read_json_object(file))
    except ValueError as error:
        text = f'{file} is no checkpoint like {{"count": 1, "head": "64 hexadecimal digits"}}.'
        raise CommandError(text, USAGE) from error


def _in_force(register: RegisterOfDecisions, case_id: str) -> Entry:
    from recognition.register_of_decisions import decision_in_force

    found = decision_in_force(register.case(case_id))
    if found is None:
        raise CommandError(f"The register has no case {case_id}.")
    return found


def _record(register: RegisterOfDecisions, record: Record) -> None:
    entry = register.record(record, recorded_at=verifying.now())
    told = f"Recorded {entry.recorded_at}: {entry.kind} {entry.revision} of {entry.case_id}, entry"
    click.echo(printable(f"{told} {entry.sequence}, {entry.id}"))


def _in_words(one: CaseState) -> str:
    appealed = ", under appeal" if one.is_appealed else ""
    marks = f", {one.marks} review marks" if one.marks else ""
    told = f"{one.outcome} ({one.decision_class}), decision {one.revision} of {one.decided_on}"
    return f"{one.case_id}: {told}{appealed}{marks}"
