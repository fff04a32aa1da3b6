"""The commands about recognition policies, put together: check, sign, show, and further ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
from frameworks.amounts import canonical
from recognition.policies.consistency import accepted_sources, require_consistent
from recognition.policies.credential import policy_document
from recognition.policies.policy import Policy
from tallystick import composition, settings, verifying
from tallystick.explaining import printable
from tallystick.files import write_output
from tallystick.policy_acts_command import adopt, history, lift, suspend
from tallystick.policy_drafts import is_draft, read_draft, read_unchecked
from tallystick.policy_words_command import NOT_CHECKED, compare_policies, explain_policy
from tallystick.trust_files import read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use


@click.group()
def policy() -> None:
    """Check, sign and look at recognition policies; adopt and suspend them.

    A draft is a TOML file, or the name of an example that comes along.
    """


@policy.command()
@click.argument("file", metavar="POLICY.toml")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
def check(
    file: str,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
) -> None:
    """Check a draft: its form, its values, and whether it agrees with the registers in use."""
    draft, now = read_draft(file), verifying.now()
    resolver = read_resolver_map(resolver_map)
    registers = registers_in_use(register_files, trust_files, resolver, now)
    require_consistent(draft, accepted_sources(draft, registers, now.date()))
    gates = len(draft.rules.gates)
    click.echo(printable(f"{draft.title}, version {draft.version}, is sound: {gates} gates."))
    click.echo(draft.digest)


@policy.command()
@click.argument("file", metavar="POLICY.toml")
@click.option("--key", "uri", required=True, help="URI of the adopter's key (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the signed policy.",
)
@click.option("--status-list", help="URL of the status list that can withdraw the policy.")
@click.option("--status-index", type=click.IntRange(min=0), help="Its place in that list.")
def sign(file: str, uri: str, out: Path, status_list: str | None, status_index: int | None) -> None:
    """Sign a policy as its adopter."""
    if (status_list is None) is not (status_index is None):
        raise click.UsageError("--status-list and --status-index belong together.")
    draft = read_draft(file)
    key = settings.signing_key(uri)
    document = policy_document(
        draft,
        issuer=key.record.controller,
        status=composition.status_entry(status_list, status_index),
    )
    write_output(out, serialize_json_for_people(composition.sign_policy(key, document)))
    click.echo(printable(f"Signed {draft.title} as {key.record.controller}"))
    click.echo(draft.digest)


@policy.command()
@click.argument("file", metavar="POLICY")
def show(file: str) -> None:
    """Print what a policy says: a draft, or a signed one whose signature is not checked."""
    if not is_draft(file):
        click.echo(NOT_CHECKED)
    click.echo("\n".join(map(printable, _in_words(read_unchecked(file)))))


def _in_words(shown: Policy) -> Iterator[str]:
    rules, adoption = shown.rules, shown.adoption
    yield f"{shown.title}, version {shown.version} ({shown.digest})"
    yield f"adopted by {adoption.body} ({adoption.id}): {adoption.resolution}"
    yield f"in force from {rules.first_day} until {rules.last_day}, reviewed by {shown.review}"
    yield f"decided by {shown.mandate.office}: {', '.join(shown.mandate.ids)}"
    yield f"sources: {', '.join(sorted(shown.scope.source_classes))}"
    yield f"grants {', '.join(sorted(shown.scope.recognitions))} credit in {shown.unit}"
    yield f"frameworks: {', '.join(shown.frameworks)}"
    for gate in rules.gates:
        yield f"gate {gate.id} ({gate.type}), else {gate.on_fail}"
    for cap in shown.caps:
        most = canonical(cap.amount) if cap.amount is not None else f"{cap.share} of the programme"
        yield f"cap {cap.id}: {most} for {', '.join(sorted(cap.source_classes))}"
    kept = f"for {shown.precedents.years} years" if shown.precedents.is_allowed else "never"
    yield f"earlier decisions are repeated {kept}"
    yield f"{canonical(shown.sampling.rate)} of the decisions are reviewed by {shown.sampling.body}"
    yield f"appeal within {shown.appeal.days} days to {shown.appeal.body}"


policy.add_command(explain_policy, "explain")
policy.add_command(compare_policies, "compare")
for _command in (adopt, suspend, lift, history):
    policy.add_command(_command)
