"""The commands about recognition: decide by a signed policy, and check such decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click

from credentials.errors import TallystickError
from credentials.strict_json import serialize_json_for_people
from credentials.verified import VerifiedCredential
from frameworks.rating import read_course
from frameworks.registers import Registers
from keys.did import MappingResolver
from keys.store import open_key, path_of
from recognition.case_files import (
    StatedFacts,
    read_facts_file,
    read_ruling_file,
    read_target_file,
)
from recognition.checking import CheckedDecision, check_decision, compare_credentials
from recognition.deciding.courses import DescribedCourse
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.earlier import precedent_of
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.preparing import Application, prepare
from recognition.decision_credential import decision_document
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from tallystick import composition, settings
from tallystick.explaining import printable
from tallystick.files import CommandError, read_input, read_text, write_output
from tallystick.policies import Adopters, open_policy, open_policy_then
from tallystick.policy_command import policy
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from verifier.checks.world import World
from verifier.verifier import Verifier

EXIT_STATUS = {Outcome.GRANT: 0, Outcome.REFUSE: 1, Outcome.REFER: 2}


class Deciding(click.Group):
    """A group whose first argument may be a policy: to decide by it is what it is for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read "recognise POLICY …" as "recognise decide POLICY …"."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["decide", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Deciding)
def recognise() -> None:
    """Decide about prior learning by an adopted policy, and check such decisions.

    "tallystick recognise POLICY CREDENTIAL..." decides.
    """


recognise.add_command(policy)


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding and checking take from outside: time, registers, whom is believed."""

    world: World
    registers: Registers
    adopters: Adopters
    resolver: MappingResolver | None

    @classmethod
    def open(
        cls,
        trust_files: tuple[str, ...],
        register_files: tuple[str, ...],
        resolver_map: str | None,
    ) -> Desk:
        """Open what the options name."""
        now, resolver = composition.now(), read_resolver_map(resolver_map)
        registers = registers_in_use(register_files, trust_files, resolver, now)
        adopters = read_adopters(trust_files)
        world = composition.verifying_world(
            at=now, resolver=resolver, registers=registers, adopters=adopters
        )
        return cls(world, registers, adopters, resolver)

    def verified(self, files: tuple[str, ...]) -> tuple[VerifiedCredential, ...]:
        """Verify credentials; one that is not valid stops everything."""
        return tuple(self._verified(file) for file in files)

    def _verified(self, file: str) -> VerifiedCredential:
        try:
            return Verifier(self.world).verify(read_input(file))
        except TallystickError as error:
            text = f"{file} is not verified, so nothing is decided: {error.message} [{error.code}]"
            raise CommandError(text) from error

    def checked(self, file: str) -> tuple[VerifiedCredential, CheckedDecision]:
        """Verify a signed decision, and decide it again."""
        verified = self._verified(file)
        opener = open_policy_then(self.world, self.adopters)
        return verified, check_decision(verified.document, opener)

    def then(self, checked: CheckedDecision) -> Desk:
        """The same as of the end of the day of a decision: credentials may have ended since."""
        last = datetime.combine(checked.decision.inputs.day, time(23, 59, 59), UTC)
        return replace(self, world=replace(self.world, now=min(self.world.now, last)))


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The files that describe a case, as the options name them."""

    target_file: str
    facts_file: str | None
    course_file: str | None
    described_by: str | None
    precedent_files: tuple[str, ...]
    ruling_file: str | None


@recognise.command("decide")
@click.argument("policy_file", metavar="POLICY")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--target", "target_file", required=True, help="The receiving component (TOML).")
@click.option("--facts", "facts_file", help="Facts that named persons established (TOML).")
@click.option("--course", "course_file", help="Description of a course without credit (TOML).")
@click.option("--described-by", help="Who answers for that description.")
@click.option("--precedent", "precedent_files", multiple=True, help="Earlier signed decision.")
@click.option("--ruling", "ruling_file", help="What an assessor ruled (TOML).")
@click.option("--key", "uri", help="URI of the key that signs the decision (file:PATH).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Signed decision.")
@click.option("--json", "as_json", is_flag=True, help="Print the payload as JSON.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@click.pass_context
def decide_case(
    context: click.Context,
    /,
    policy_file: str,
    files: tuple[str, ...],
    uri: str | None,
    out: Path | None,
    as_json: bool,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    **case_files: Any,
) -> None:
    """Decide by the signed POLICY what is recognised of the credentials.

    Exit status: 0 granted, 1 refused (or nothing could be decided), 2 referred to a person.
    """
    if (uri is None) is not (out is None):
        raise click.UsageError("--key and --out belong together.")
    desk = Desk.open(trust_files, register_files, resolver_map)
    data = read_input(policy_file)
    adopted = open_policy(data, world=desk.world, adopters=desk.adopters).policy
    application = _application(desk, files, adopted, CaseFiles(**case_files))
    day = desk.world.now.date()
    decision = decide(prepare(application, adopted, desk.registers, day=day))
    if uri is not None and out is not None:
        _sign(decision, uri, out, data, desk)
    _tell(decision, out, as_json=as_json)
    context.exit(EXIT_STATUS[decision.outcome])


def _application(
    desk: Desk, files: tuple[str, ...], adopted: Policy, case: CaseFiles
) -> Application:
    facts, ruling = case.facts_file, case.ruling_file
    stated = StatedFacts() if facts is None else read_facts_file(read_text(facts))
    return Application(
        credentials=desk.verified(files),
        target=read_target_file(read_text(case.target_file)),
        applicant=stated.applicant,
        stated=stated.facts,
        course=_course(case.course_file, case.described_by),
        precedents=tuple(_precedents(desk, case.precedent_files, adopted.mandate.ids)),
        ruling=None if ruling is None else read_ruling_file(read_text(ruling)),
    )


def _course(file: str | None, described_by: str | None) -> DescribedCourse | None:
    if (file is None) is not (described_by is None):
        raise click.UsageError("--course and --described-by belong together.")
    if file is None or described_by is None:
        return None
    return DescribedCourse(read_course(read_text(file)), described_by)


def _precedents(
    desk: Desk, files: tuple[str, ...], mandated: tuple[str, ...]
) -> Iterator[Precedent]:
    """Read earlier decisions of the same office, each decided again before it counts."""
    for file in files:
        verified, checked = desk.checked(file)
        if verified.issuer not in mandated:
            text = f"{file} is a decision of another institution, and no precedent here."
            raise RecognitionError(text, code="PRECEDENT_OF_OTHERS")
        found = precedent_of(str(verified.document["id"]), checked.payload)
        if found is not None:
            yield found


def _sign(
    decision: RecognitionDecision, uri: str, out: Path, policy_credential: bytes, desk: Desk
) -> None:
    key = open_key(uri, settings.protection_of(path_of(uri)))
    if not key.record.is_active():
        raise CommandError(f"The key {key.record.name} is {key.record.status}; it must not sign.")
    document = decision_document(
        decision,
        identifier=composition.new_id(),
        issuer=key.record.controller,
        policy_credential=policy_credential.decode("utf-8"),
        registers=desk.registers,
        now=desk.world.now,
    )
    signed = composition.sign_decision(key, document, desk.resolver)
    write_output(out, serialize_json_for_people(signed))


HEADLINES = {
    Outcome.GRANT: "GRANTED.",
    Outcome.REFUSE: "REFUSED.",
    Outcome.REFER: "REFERRED. A person must decide.",
}
MARKS = {"passed": "ok  ", "failed": "FAIL", "open": "?   "}


def _tell(decision: RecognitionDecision, out: Path | None, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(decision.payload, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(map(printable, _in_words(decision))))
    if out is not None:
        click.echo(f"Signed: {out}")


def _in_words(decision: RecognitionDecision) -> Iterator[str]:
    payload = decision.payload
    granted, conversion = payload["granted"], payload["conversion"]
    yield f"{HEADLINES[decision.outcome]} ({payload['class']})"
    if granted is not None:
        level = granted["level"]
        at = "" if level is None else f" at level {level['code']} of {level['framework']}"
        yield f"{granted['amount']} {granted['unit']}{at} for {granted['component']}"
    if conversion is not None:
        told = f"{conversion['method']}, {conversion['authority']}"
        yield f"converted by {told}; lost by rounding: {conversion['loss'] or 'not one number'}"
    for gate in payload["gates"]:
        code = f" [{gate['code']}]" if gate["code"] else ""
        route = f" -> {gate['route']}" if gate["route"] else ""
        yield f"{MARKS[gate['outcome']]} {gate['id']} ({gate['type']}){code}{route}"
    for name, fact in payload["facts"].items():
        value = json.dumps(fact["value"], ensure_ascii=False)
        yield f"     {name}: {value}, established by {fact['establishedBy']}"
    for difference in payload["substantialDifferences"]:
        yield f"Substantial difference: {difference}"
    appeal = payload["appeal"]
    yield f"Appeal until {appeal['until']} to: {appeal['body']}"


@recognise.command("verify")
@click.argument("decision_file", metavar="DECISION")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--trust", "trust_files", multiple=True, required=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
def verify_decision(
    decision_file: str,
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
) -> None:
    """Verify a signed DECISION, its policy and the credentials, and decide it again.

    Exit status: 0 it follows from its inputs, byte for byte; 1 it does not.
    """
    desk = Desk.open(trust_files, register_files, resolver_map)
    verified, checked = desk.checked(decision_file)
    credentials = desk.then(checked).verified(files)
    compare_credentials(checked, credentials, desk.registers)
    outcome, adoption = checked.payload["outcome"], checked.policy.adoption
    lines = [
        f"IT FOLLOWS. {outcome}, decided on {checked.payload['decidedOn']} by {verified.issuer}.",
        f"Policy {checked.policy.id}, version {checked.policy.version}, of {adoption.body}.",
        "The payload was computed again from the inputs: the same bytes.",
    ]
    click.echo("\n".join(map(printable, lines)))
