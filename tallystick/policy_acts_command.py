"""The commands by which policies are adopted and suspended, and which tell what was done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from credentials.json_types import JsonObject
from recognition.policies.versions import AdoptedVersion, by_policy, spans
from tallystick import verifying
from tallystick.cases_command import kept_checkpoint
from tallystick.decisions_in_use import decisions_option, register_of_decisions
from tallystick.desk import Desk
from tallystick.explaining import printable
from tallystick.files import read_input
from tallystick.policies import open_policy_ahead
from tallystick.policy_drafts import read_unchecked
from tallystick.using_registers import TRUST

if TYPE_CHECKING:
    from recognition.register_of_decisions import Act
    from recognition.register_of_decisions.act_records import ActRecord

F = TypeVar("F", bound=Callable[..., Any])
POLICY = click.argument("file", metavar="POLICY")
BY = click.option("--by", required=True, help="Who does it, by name.")
REASON = click.option("--reason", required=True, help="Why; everybody who decides reads it.")
DECISIONS = decisions_option(required=True)


@click.command()
@POLICY
@BY
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@DECISIONS
def adopt(
    file: str, by: str, trust_files: tuple[str, ...], resolver_map: str | None, decisions_url: str
) -> None:
    """Record a signed POLICY as adopted, if the trust file names its signer as an adopter."""
    from recognition.oversight.adopting import name_of
    from recognition.register_of_decisions import PolicyAdopted

    desk, data = Desk.open(trust_files, (), resolver_map), read_input(file)
    opened = open_policy_ahead(data, world=desk.world, adopters=desk.adopters)
    record = PolicyAdopted(name_of(opened.policy), opened.adopter, by, data)
    _record(record, decisions_url, makes_file=True)


@click.command()
@POLICY
@BY
@REASON
@DECISIONS
def suspend(file: str, by: str, reason: str, decisions_url: str) -> None:
    """Suspend POLICY: from now on nothing is decided by it with this register.

    POLICY is a draft (TOML) or a signed policy; its text is what is suspended.
    """
    from recognition.oversight.adopting import name_of
    from recognition.register_of_decisions import PolicySuspended

    _record(PolicySuspended(name_of(read_unchecked(file)), by, reason), decisions_url)


@click.command()
@POLICY
@BY
@REASON
@DECISIONS
def lift(file: str, by: str, reason: str, decisions_url: str) -> None:
    """Lift the suspension of POLICY: it decides again."""
    from recognition.oversight.adopting import name_of
    from recognition.register_of_decisions import SuspensionLifted

    _record(SuspensionLifted(name_of(read_unchecked(file)), by, reason), decisions_url)


def _record(record: ActRecord, url: str, *, makes_file: bool = False) -> None:
    acts = register_of_decisions(url, makes_file=makes_file).acts
    act = acts.record(record, recorded_at=verifying.now())
    told = f"Recorded {act.recorded_at}: {act.kind} of {act.said['policy']}, version "
    click.echo(printable(f"{told}{act.said['version']}, act {act.sequence}, {act.id}"))


@click.command()
@click.option("--expect", "kept", help="A checkpoint of the acts that was kept.")
@click.option("--json", "as_json", is_flag=True, help="Print acts and checkpoint as JSON.")
@DECISIONS
def history(kept: str | None, as_json: bool, decisions_url: str) -> None:
    """Check the chain of all acts, list them, and tell which version is in force when.

    Exit status: 0, or 1 if the acts are not what was written, or not those of --expect.
    """
    from recognition.oversight.adopting import adopted_versions

    acts = register_of_decisions(decisions_url).acts
    expected = None if kept is None else kept_checkpoint(kept)
    checkpoint, found = acts.check_chain(expected=expected), acts.all()
    if as_json:
        told = {"acts": [_act_json(one) for one in found], "checkpoint": checkpoint.to_json()}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for act in found:
        click.echo(printable(f"{act.sequence}. {act.recorded_at} {act.kind}: {_told(act)}"))
    for line in _in_force(adopted_versions(found)):
        click.echo(printable(line))
    click.echo(json.dumps(checkpoint.to_json()), err=True)


def _told(act: Act) -> str:
    said = act.said
    about = f"{said['policy']}, version {said['version']}" if "policy" in said else act.subject
    why = f": {said['reason']}" if "reason" in said else ""
    return f"{about}, by {said['by']}{why}"


def _act_json(act: Act) -> JsonObject:
    place = {"sequence": act.sequence, "id": act.id, "recorded": act.recorded_at}
    return {**place, "kind": act.kind, "subject": act.subject, "statement": act.said}


def _in_force(versions: tuple[AdoptedVersion, ...]) -> Iterator[str]:
    for policy, adopted in by_policy(versions).items():
        for span in spans(adopted):
            found = span.version.suspension
            suspended = "" if found is None else f" SUSPENDED by {found.by} on {found.at}"
            told = f"{policy}: version {span.version.policy.version}"
            yield f"{told} from {span.first} until {span.last}{suspended}"
