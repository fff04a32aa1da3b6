"""The command that makes an award of credentials."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from credentials.json_types import JsonObject
from issuer.awards import AwardStatement, award_request, record_request, used_credentials
from issuer.issuer import IssuedCredential
from keys.store import StoredKey
from stacking import Outcome
from stacking.explaining import explain
from stacking.lots import LedgerEntry
from stacking.proof_verification import VerifiedStack, verify_proof
from tallystick import composition, settings, verifying
from tallystick.files import USAGE, CommandError, read_json_object, write_output
from tallystick.ledger_file import held, read_ledger, write_ledger
from tallystick.stack_inputs import Asked, Planned, asking, plan_for

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
        award = _award(members, planned, stack, key, now)
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
    named, own = planned.found.rule.institution, key.record.controller
    if named not in (None, own):
        text = f"The rule says that {named} makes the award, and the key belongs to {own}"
        raise CommandError(f"{text}. Give --institution {own} if that is who makes it.")


def _proven(planned: Planned) -> VerifiedStack:
    """Refuse what is no award; prove the used lots alone, and recompute the proof at once."""
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
    return verify_proof(planned.proof_of_use(), planned.wallet.credentials, planned.registers)


def _award(
    members: JsonObject, planned: Planned, stack: VerifiedStack, key: StoredKey, now: datetime
) -> IssuedCredential:
    """Issue the award; its level and credits are held against the registers like any other."""
    statement = AwardStatement(members, planned.unit_token, _narrative(stack, planned))
    request = award_request(statement, stack, planned.wallet.credentials)
    issuer = composition.issuer_for(key, resolver=planned.resolver, registers=planned.registers)
    return issuer.issue(issuer.prepare(request, now=now), now=now)


def _narrative(stack: VerifiedStack, planned: Planned) -> str:
    """Say in words what the stack proof says in numbers."""
    return "\n".join(explain(stack.plan, replace(planned.telling, left_out=())))


def _record_use(path: Path, stack: VerifiedStack) -> None:
    """Write what an award has used into the ledger, with everything that it was made of.

    Each is written with its id and with what it states, too: a credential that its issuer signs
    anew for selective disclosure, or in another form, has another digest.  An award of exclusive
    use spends: what it has used serves no other award.
    """
    rule = stack.plan.rule
    used = [one.lot for one in stack.plan.eligible if one.lot.id in stack.plan.use]
    own = {lot.digest for lot in used}
    parts = sorted({name for lot in used for name in lot.known_by - own if name is not None})
    named = [*((lot.id, lot.digest) for lot in used), *((None, digest) for digest in parts)]
    spent = rule.redeems or rule.is_exclusive
    entries = (
        LedgerEntry(rule.id, spent, lot, digest, rule.family) for lot, digest in named if digest
    )
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
