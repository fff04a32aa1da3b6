"""The command that decides a case by a signed policy, signs the decision and records it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameworks.rating import read_course
from recognition.case_files import (
    StatedFacts,
    read_facts_file,
    read_ruling_file,
    read_target_file,
)
from recognition.deciding.courses import DescribedCourse
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.earlier import precedent_of
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.preparing import Application, prepare
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from tallystick.decision_signing import GiveStatus, NamedList, SigningOffice
from tallystick.decisions_in_use import decisions_option, register_of_decisions
from tallystick.desk import Desk
from tallystick.explaining import printable
from tallystick.files import read_input, read_text, write_output
from tallystick.policies import open_policy
from tallystick.stack_inputs import read_rule
from tallystick.status_ledger_in_use import StatusChoice, status_option
from tallystick.using_registers import REGISTER, TRUST

if TYPE_CHECKING:
    from recognition.register_of_decisions import Entry
    from recognition.registered_case import RegisteredCase, Superseding
    from service.status_ledger import GiveEntry

EXIT_STATUS = {Outcome.GRANT: 0, Outcome.REFUSE: 1, Outcome.REFER: 2}


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The files that describe a case, as the options name them."""

    target_file: str
    facts_file: str | None
    course_file: str | None
    described_by: str | None
    precedent_files: tuple[str, ...]
    ruling_file: str | None
    block_rule: str | None


@dataclass(frozen=True, slots=True)
class Signing:
    """Which key signs a decision into which file, and by which list it can be withdrawn."""

    uri: str
    out: Path
    status: StatusChoice

    def gives(self, case: RegisteredCase | None) -> GiveStatus:
        """Tell who gives the decision its entry: the list of a recorded one is in its register."""
        list_name = self.status.status_list
        if list_name is None or case is None:
            return lambda identifier, _place, owner, at: self.status.entry(identifier, owner, at)
        from service.status_ledger import giving_from

        def giving(owner: str) -> GiveEntry:
            return giving_from(list_name, owner, secrets.randbelow)

        return NamedList(case.register.statuses, giving).entry


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a decision is recorded, if it is: which case, and who supersedes what stands there."""

    url: str | None
    case_id: str | None
    by: str | None
    reason: str | None

    def require_whole(self, *, is_signed: bool) -> None:
        """Tell a wrong call."""
        if self.case_id is not None and self.url is None:
            raise click.UsageError("--case names a case of the register: give --decisions, too.")
        if self.url is not None and self.case_id is None and is_signed:
            raise click.UsageError("A signed decision is recorded: --case says as which case.")
        if (self.by is None) is not (self.reason is None):
            raise click.UsageError("--by and --reason belong together.")
        if self.by is not None and self.case_id is None:
            raise click.UsageError("--by and --reason are about a recorded case: give --case.")

    def superseding(self, application: Application) -> Superseding | None:
        """Name who settles the case: as the options say, or the assessor who rules."""
        from recognition.registered_case import Superseding

        if self.by is not None and self.reason is not None:
            return Superseding(self.by, self.reason, corrects=True)
        ruling = application.ruling
        return None if ruling is None else Superseding(ruling.assessor, ruling.reason)


@click.command("decide")
@click.argument("policy_file", metavar="POLICY")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--target", "target_file", required=True, help="The receiving component (TOML).")
@click.option("--facts", "facts_file", help="Facts that named persons established (TOML).")
@click.option("--course", "course_file", help="Description of a course without credit (TOML).")
@click.option("--described-by", help="Who answers for that description.")
@click.option("--precedent", "precedent_files", multiple=True, help="Earlier signed decision.")
@click.option("--ruling", "ruling_file", help="What an assessor ruled (TOML).")
@click.option("--block", "block_rule", help="Award rule that makes a block of the credentials.")
@click.option("--key", "uri", help="URI of the key that signs the decision (file:PATH).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Signed decision.")
@status_option
@decisions_option(required=False)
@click.option("--case", "case_id", help="Record the decision as one of this case.")
@click.option("--by", help="Who puts this decision in the place of the recorded one.")
@click.option("--reason", help="Why: what was wrong with the recorded one.")
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
    decisions_url: str | None,
    case_id: str | None,
    by: str | None,
    reason: str | None,
    as_json: bool,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    **case_files: Any,
) -> None:
    """Decide by the signed POLICY what is recognised of the credentials.

    With --case the decision is recorded, and without it nothing is; precedents are looked up in
    the register either way. A case is decided once: a --ruling settles what was referred or
    appealed, --by and --reason correct. What was signed before is then withdrawn, if it was
    signed with --status LIST; the list of a recorded decision is in the register's database.

    With --block the credentials are recognised as one block, if they reach the award rule (a TOML
    file, or the name of one that comes along); what it does not need is left out.

    Exit status: 0 granted, 1 refused (or nothing could be decided), 2 referred to a person.
    """
    status = StatusChoice(case_files.pop("status_list"), case_files.pop("status_ledger_url"))
    signing = _signing(uri, out, status)
    recording = Recording(decisions_url, case_id, by, reason)
    recording.require_whole(is_signed=signing is not None)
    _require_one_database(context, status, recording)
    desk = Desk.open(trust_files, register_files, resolver_map)
    decided = _decide(desk, policy_file, files, CaseFiles(**case_files), recording)
    entry = _release(decided, signing, desk)
    _tell(decided, signing, entry, as_json=as_json)
    context.exit(EXIT_STATUS[decided.decision.outcome])


def _require_one_database(
    context: click.Context, status: StatusChoice, recording: Recording
) -> None:
    """Refuse a ledger elsewhere: a decision is superseded and withdrawn in one transaction."""
    if recording.case_id is None or status.status_list is None:
        return
    source = context.get_parameter_source("status_ledger_url")
    is_named = source is click.core.ParameterSource.COMMANDLINE
    if is_named and status.status_ledger_url != recording.url:
        raise click.UsageError(
            "The status list of a recorded decision is in the database of its register, so that "
            "whatever supersedes the decision withdraws it: leave --status-ledger out, and make "
            "the list there (tallystick status new LIST --status-ledger with that URL)."
        )


def _signing(uri: str | None, out: Path | None, status: StatusChoice) -> Signing | None:
    if uri is not None and out is not None:
        return Signing(uri, out, status)
    if uri is not None or out is not None or status.status_list is not None:
        raise click.UsageError("--key and --out belong together, and --status to both.")
    return None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the policy as it was signed, and the case that it is recorded in."""

    decision: RecognitionDecision
    policy_credential: bytes
    case: RegisteredCase | None = None
    superseding: Superseding | None = None
    unused: tuple[str, ...] = ()
    """Files of credentials that are no part of a block."""


def _decide(
    desk: Desk,
    policy_file: str,
    files: tuple[str, ...],
    case_files: CaseFiles,
    recording: Recording,
) -> Decided:
    data = read_input(policy_file)
    adopted = open_policy(data, world=desk.world, adopters=desk.adopters).policy
    application = _application(desk, files, adopted, case_files)
    inputs = prepare(application, adopted, desk.registers, day=desk.world.now.date())
    unused = tuple(_unused(files, application, inputs))
    if recording.url is None:
        return Decided(decide(inputs), data, unused=unused)
    from recognition.registered_case import RegisteredCase, with_precedents

    register = register_of_decisions(recording.url, makes_file=True)
    if recording.case_id is None:
        return Decided(decide(with_precedents(inputs, register)), data, unused=unused)
    case = RegisteredCase.open(register, recording.case_id)
    superseding = recording.superseding(application)
    return Decided(case.decide(inputs, superseding), data, case, superseding, unused)


def _unused(
    files: tuple[str, ...], application: Application, inputs: DecisionInputs
) -> Iterator[str]:
    used = {source.digest for source in inputs.sources}
    for file, credential in zip(files, application.credentials, strict=True):
        if credential.digest not in used:
            yield file


def _release(decided: Decided, signing: Signing | None, desk: Desk) -> Entry | None:
    """Sign, record, and only then write the signed decision to its file."""
    from recognition.releasing import release

    sign, now = None, desk.world.now
    if signing is not None:
        status = signing.gives(decided.case)
        office = SigningOffice(signing.uri, desk.registers, desk.resolver, lambda: now, status)
        sign = office.signs(decided.policy_credential)
    released = release(decided.decision, decided.case, decided.superseding, sign, now)
    if signing is not None and released.signed is not None:
        write_output(signing.out, released.signed)
    return released.entry


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
        block_rule=None if case.block_rule is None else read_rule(case.block_rule),
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


HEADLINES = {
    Outcome.GRANT: "GRANTED.",
    Outcome.REFUSE: "REFUSED.",
    Outcome.REFER: "REFERRED. A person must decide.",
}
NO_STATUS = (
    "It has no status, so it cannot be withdrawn: others go on accepting it, also when another "
    "decision takes its place. Sign with --status LIST to be able to."
)
MARKS = {"passed": "ok  ", "failed": "FAIL", "open": "?   "}


def _tell(decided: Decided, signing: Signing | None, entry: Entry | None, *, as_json: bool) -> None:
    decision = decided.decision
    if entry is not None:
        told = f"Recorded {entry.recorded_at}: entry {entry.sequence}, {entry.id}"
        click.echo(told, err=as_json)
    if as_json:
        click.echo(json.dumps(decision.payload, indent=2, ensure_ascii=False, sort_keys=True))
    else:
        click.echo("\n".join(map(printable, _in_words(decision))))
    if signing is not None and not as_json:
        click.echo(f"Signed: {signing.out}")
    if signing is not None and signing.status.status_list is None:
        click.echo(NO_STATUS, err=as_json)
    for file in decided.unused:
        click.echo(printable(f"Not needed for the block: {file}"), err=True)


def _in_words(decision: RecognitionDecision) -> Iterator[str]:
    payload = decision.payload
    granted, conversion = payload["granted"], payload["conversion"]
    yield f"{HEADLINES[decision.outcome]} ({payload['class']})"
    if granted is not None:
        level = granted["level"]
        at = "" if level is None else f" at level {level['code']} of {level['framework']}"
        yield f"{granted['amount']} {granted['unit']}{at} for {granted['component']}"
    if "block" in payload:
        yield f"a block by the rule {payload['block']['rule']}, {payload['block']['ruleDigest']}"
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
