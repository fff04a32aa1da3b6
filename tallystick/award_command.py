"""The command that makes an award of credentials."""

from __future__ import annotations

import os
from pathlib import Path

import click

from credentials.json_types import JsonObject
from issuer.awards import record_request, used_credentials
from keys.store import StoredKey
from stacking import Outcome
from stacking.planning import lots_used
from stacking.proof_verification import VerifiedStack
from tallystick import composition, settings, verifying
from tallystick.awarding import Planned, is_own_rule, issue_award, prove, uses_of
from tallystick.files import USAGE, CommandError, read_json_object, write_output
from tallystick.ledger_file import held, read_ledger, write_ledger
from tallystick.stack_inputs import Asked, asking, plan_for

OUT = click.Path(path_type=Path, dir_okay=False)


@click.command("award")
@click.argument("rule_file", metavar="RULE")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--request", "request_file", required=True, help="What the award says (JSON).")
@click.option("--key", "uri", required=True, help="URI of the key that signs (file:PATH).")
@click.option("--out", required=True, type=OUT, help="File for the award.")
@click.option("--record", type=OUT, help="File for the record of the award with its components.")
@asking
def award_stack(
    rule_file: str,
    files: tuple[str, ...],
    request_file: str,
    uri: str,
    out: Path,
    record: Path | None,
    asked: Asked,
) -> None:
    """Issue the award RULE for CREDENTIALS that add up to it.

    The request is that of `issue` without learner; credits are those that were used, if it states
    none.  With --ledger, what is spent or in use is not used again, and what the award uses is
    written into it.
    """
    _require_different_files(out, record, asked.ledger)
    now, key = verifying.now(), settings.signing_key(uri)
    members = read_json_object(request_file)
    with held(asked.ledger):
        planned = plan_for(rule_file, files, asked, now)
        _require_own_rule(planned, key)
        stack = _proven(planned)
        components = [] if record is None else _as_received(planned, stack)
        award = issue_award(members, planned, stack, key, now)
        if asked.ledger is not None:
            _record_use(asked.ledger, stack)
        write_output(out, award.data)
    click.echo(f"Issued {award.document['id']} to {out}")
    if record is not None:
        request = record_request(award.document, components)
        issuer = composition.issuer_for(key, resolver=planned.resolver)
        issued = issuer.issue(issuer.prepare(request, now=now), now=now)
        write_output(record, issued.data)
        click.echo(f"Issued {issued.document['id']} to {record}")


def _require_different_files(*paths: Path | None) -> None:
    """Refuse to write two things into one file; the award would take the ledger's place."""
    given = [os.path.realpath(path) for path in paths if path is not None]
    if len(set(given)) < len(given):
        raise CommandError("The award, its record and the ledger need a file each.", USAGE)


def _require_own_rule(planned: Planned, key: StoredKey) -> None:
    """Refuse a rule that counts the credit of another institution as that of the awarding one."""
    rule, own = planned.found.rule, key.record.controller
    if not is_own_rule(rule, key):
        text = (
            f"The rule says that {rule.institution} makes the award, and the key belongs to {own}"
        )
        raise CommandError(f"{text}. Give --institution {own} if that is who makes it.")


def _proven(planned: Planned) -> VerifiedStack:
    """Refuse what is no award; prove the rest."""
    found = planned.found
    if found.outcome is not Outcome.AWARD:
        missing = ", ".join(found.shortfalls) or "what is not certain"
        left_out = [(one.lot.id, ", ".join(one.reasons)) for one in found.excluded]
        left_out += [(one.credential, one.reason) for one in planned.wallet.left_out]
        headline = f"{found.rule.id} is not awarded: the plan comes to {found.outcome.value}"
        lines = (
            f"{headline}. Missing: {missing}.",
            *(f"{name} does not count: {why}" for name, why in left_out),
        )
        raise CommandError("\n".join(lines))
    return prove(planned)


def _record_use(path: Path, stack: VerifiedStack) -> None:
    """Write what an award has used into the ledger."""
    entries = uses_of(stack.plan.rule, lots_used(stack.plan))
    write_ledger(path, (*read_ledger(path), *entries))


def _as_received(planned: Planned, stack: VerifiedStack) -> list[JsonObject]:
    """Take the components with their proofs, as their issuers signed them."""
    used = used_credentials(stack, planned.wallet.credentials)
    received = planned.wallet.received
    for one in used:
        if one.digest not in received:
            raise CommandError(
                f"{one.document.get('id')} came as a token, and a record holds credentials with "
                "their proofs inside. Leave out --record, or ask its issuer for the JSON form."
            )
    return [received[one.digest] for one in used]
