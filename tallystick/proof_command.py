"""The command that recomputes a stack proof from the credentials alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from credentials.component_links import stack_proofs
from credentials.errors import CredentialError, VerificationError
from credentials.json_types import JsonObject, JsonValue, as_list, member
from credentials.strict_json import parse_json, serialize_json
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from stacking import StackingError, StackPlan
from stacking.lots import NotALot
from stacking.proof_verification import Difference, ProofDiffersError, verify_proof
from stacking.stack_proof import FORMAT, PROOF_LIMITS, StackProof, read_proof
from tallystick import verifying
from tallystick.explaining import MARKS, printable
from tallystick.files import USAGE, CommandError, read_input
from tallystick.status_memory_file import memory_in_use
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from verifier.checks.awards import credits_remark
from verifier.report import Outcome, Remark
from verifier.verifier import Verifier

SAME, DIFFERS, UNDECIDED = 0, 1, 2
"""Exit statuses."""

DIFFERENCES_TOLD = 20
"""Most differences that are told in words; JSON has all."""


@dataclass(frozen=True, slots=True)
class _Given:
    """The proof, the credentials that verify, and those that do not, with the reason.

    `award` is the credential that carries the proof, if one does.
    """

    proof: StackProof
    credentials: tuple[VerifiedCredential, ...]
    refused: tuple[NotALot, ...]
    award: VerifiedCredential | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a proof: a plan, or where it differs, or why it cannot be decided here."""

    given: _Given
    plan: StackPlan | None = None
    differences: tuple[Difference, ...] = ()
    open_because: str = ""
    of_award: Remark | None = None
    """What there is to say about the credits that the award itself states."""

    @property
    def status(self) -> int:
        """The exit status."""
        if self.open_because:
            return UNDECIDED
        if self.plan is None or self.differences:
            return DIFFERS
        is_wrong = self.of_award is not None and self.of_award.outcome is Outcome.FAILED
        return DIFFERS if is_wrong else SAME

    def to_json(self) -> JsonObject:
        """Write the answer."""
        members = self.given.proof.members
        return {
            "verdict": ("same", "differs", "indeterminate")[self.status],
            "award": self.given.proof.rule.id,
            "rule": members["ruleDigest"],
            "plannedOn": members["plannedOn"],
            "outcome": members["outcome"],
            "differences": [
                {"pointer": one.pointer, "stated": one.stated, "found": one.found}
                for one in self.differences
            ],
            "ofAward": None if self.of_award is None else self.of_award.code,
            "notVerified": [
                {"credential": one.credential, "reason": one.reason} for one in self.given.refused
            ],
        }

    def in_words(self) -> Iterator[str]:
        """Say the answer for people."""
        members, rule = self.given.proof.members, self.given.proof.rule
        name = rule.title or rule.id
        if self.open_because:
            yield f"{name}: COULD NOT BE DECIDED. {self.open_because}"
        elif self.differences:
            yield f"{name}: NOT AS STATED. The credentials do not come to what the proof says."
        elif self.status == DIFFERS:
            yield f"{name}: NOT AS STATED. The stack proof holds, and the award says more."
        else:
            yield f"{name}: AS STATED. Recomputed from the credentials: {members['outcome']}."
        yield f"Rule {members['ruleDigest']}, planned on {members['plannedOn']}"
        if self.of_award is not None:
            mark = MARKS[self.of_award.outcome]
            yield f"{mark} {self.of_award.detail} [{self.of_award.code}]"
        for one in self.differences[:DIFFERENCES_TOLD]:
            yield f"FAIL {one.pointer}: stated {_short(one.stated)}, found {_short(one.found)}"
        if len(self.differences) > DIFFERENCES_TOLD:
            yield f"     and {len(self.differences) - DIFFERENCES_TOLD} more"
        for other in self.given.refused:
            yield f"-    {other.credential} does not verify: {other.reason}"


def _short(value: JsonValue) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."


@click.command("verify")
@click.argument("proof_file", metavar="PROOF")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1)
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_context
def verify_stack(
    context: click.Context,
    proof_file: str,
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    as_json: bool,
) -> None:
    """Recompute PROOF from the credentials alone, and say where it differs.

    PROOF is a stack proof, an award that carries one, or a record of an award with its components.
    Exit status: 0 everything is as stated, 1 something differs, 2 it cannot be decided here.
    """
    now, resolver = verifying.now(), read_resolver_map(resolver_map)
    registers = registers_in_use(register_files, trust_files, resolver, now)
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        registers=registers,
        adopters=read_adopters(trust_files),
        status_memory=memory_in_use(),
    )
    answer = _answer(_given(proof_file, files, Verifier(world)), registers)
    if as_json:
        click.echo(json.dumps(answer.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, answer.in_words())))
    context.exit(answer.status)


def _answer(given: _Given, registers: Registers) -> _Answer:
    try:
        verified = verify_proof(given.proof, given.credentials, registers)
    except ProofDiffersError as error:
        return _Answer(given, differences=error.differences)
    except StackingError as error:
        if error.code != "PROOF_REGISTERS_DIFFER":
            raise
        return _Answer(given, open_because=error.message)
    of_award = None if given.award is None else credits_remark(given.award, verified, registers)
    return _Answer(given, plan=verified.plan, of_award=of_award)


def _given(proof_file: str, files: tuple[str, ...], verifier: Verifier) -> _Given:
    data = read_input(proof_file, PROOF_LIMITS)
    inside: list[tuple[str, bytes]] = []
    proofs: list[bytes] = [data]
    whole: list[VerifiedCredential] = []
    if not _is_bare_proof(data):
        try:
            whole = [verifier.verify(data)]
        except VerificationError as error:
            text = f"{proof_file} does not verify, so nothing in it counts: {error.message}"
            raise CommandError(f"{text} [{error.code}]") from error
        document = whole[0].document
        held = as_list(member(document, "credentialSubject", "verifiableCredential"))
        inside = [(f"{proof_file}#{place}", serialize_json(one)) for place, one in enumerate(held)]
        proofs = [proof or b"" for one in (document, *held) for _at, proof in stack_proofs(one)]
    if len(proofs) != 1:
        text = f"{proof_file} carries {len(proofs)} stack proofs; give a file with one."
        raise CommandError(text, USAGE)
    everything = (*inside, *((file, read_input(file)) for file in files))
    credentials, refused = _verified(everything, verifier)
    award = next((one for one in (*whole, *credentials) if _carries(one, proofs[0])), None)
    return _Given(read_proof(proofs[0]), credentials, refused, award if whole else None)


def _carries(credential: VerifiedCredential, proof: bytes) -> bool:
    return any(data == proof for _place, data in stack_proofs(credential.document))


def _is_bare_proof(data: bytes) -> bool:
    try:
        value = parse_json(data, PROOF_LIMITS)
    except CredentialError:
        return False
    return isinstance(value, dict) and value.get("format") == FORMAT


def _verified(
    named: Sequence[tuple[str, bytes]], verifier: Verifier
) -> tuple[tuple[VerifiedCredential, ...], tuple[NotALot, ...]]:
    credentials: list[VerifiedCredential] = []
    refused: list[NotALot] = []
    for name, data in named:
        try:
            credentials.append(verifier.verify(data))
        except VerificationError as error:
            refused.append(NotALot(name, error.code))
    return tuple(credentials), tuple(refused)
