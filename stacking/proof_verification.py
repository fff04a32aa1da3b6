"""Verifying a stack proof: everything in it is recomputed from the credentials alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from credentials.json_types import JsonObject, JsonValue, pointer_token
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers, Source
from stacking.budget import Budget
from stacking.credential_lots import lots_of
from stacking.errors import StackingError
from stacking.lots import Lot, kin_pairs
from stacking.measures import Use
from stacking.planning import Outcome, StackPlan, assess, plan
from stacking.register_conditions import RegisterConditions
from stacking.stack_proof import PlanningContext, StackProof, write_proof
from stacking.wallet import Conditions, EligibleLot, sort_out

INSIDE = "stated_inside"
"""Member of a lot that proofs from before copies were known do not have."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a proof says something else than its credentials: what it says, and what they say.

    None means that there is nothing.
    """

    pointer: str
    stated: JsonValue
    found: JsonValue


class ProofDiffersError(StackingError):
    """The proof says something else than the credentials; `differences` tells where."""

    code = "PROOF_DIFFERS"

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        """Take the differences, of which there is one at least."""
        super().__init__(
            "The credentials do not come to what the stack proof says.",
            pointer=differences[0].pointer,
        )
        self.differences = differences


@dataclass(frozen=True, slots=True)
class VerifiedStack:
    """A stack proof that was recomputed, and the plan that it proves."""

    proof: StackProof
    plan: StackPlan


def verify_proof(
    proof: StackProof,
    credentials: Sequence[VerifiedCredential],
    registers: Registers,
    budget: Budget | None = None,
) -> VerifiedStack:
    """Recompute a stack proof; return what it proves.

    Obligations:

    1. the registers are those that the proof names, edition by edition;
    2. every lot that it lists comes from a verified credential that was given, about the subject
       that the proof names and awarded by its day, and is exactly what is stated; one that it does
       not list is not needed;
    3. the use is possible: only lots that count, whole, or in part where the rule allows it, and no
       kin together;
    4. sums, decisions and outcome are computed from the use anew;
    5. where no AWARD is stated it is planned anew, since something better may have been left out;
    6. everything else that the proof states is what comes out.

    Raises `StackingError` (PROOF_REGISTERS_DIFFER: it cannot be decided here) or
    `ProofDiffersError`.
    """
    # 1.
    asked = RegisterConditions.of(registers, proof.rule.framework, proof.planned_on)
    _require_registers(proof, asked.sources)
    # 2.
    lots = _listed_lots(proof, credentials, registers)
    context = _context(proof, asked.sources)
    conditions = asked.for_lots(lots, proof.rule, method=context.method, ledger=context.ledger)
    # 3. and 4.
    found = _plan_of(lots, proof, conditions)
    # 5.
    if proof.members["outcome"] != Outcome.AWARD:
        found = _best(found, plan(lots, proof.rule, conditions, budget))
    # 6.
    written = write_proof(found, lots, proof.members["rule"], context).members
    _require_same(proof.members, _as_old_as(proof.members, written))
    return VerifiedStack(proof, found)


def _as_old_as(stated: JsonObject, written: JsonObject) -> JsonObject:
    """Leave out of lots what proofs did not tell at first, where the stated one does not tell it.

    What is in an award is read from the award itself, and never from this proof.
    """
    pairs = zip(written["lots"], stated["lots"], strict=True)
    lots = [
        {name: value for name, value in lot.items() if name != INSIDE or INSIDE in told}
        for lot, told in pairs
    ]
    return {**written, "lots": lots}


def _context(proof: StackProof, sources: tuple[Source, ...]) -> PlanningContext:
    return PlanningContext(
        sources=sources,
        planned_on=proof.planned_on,
        method=proof.members.get("method"),
        ledger=proof.ledger,
        subject=proof.members["subject"],
    )


def _best(stated: StackPlan, searched: StackPlan) -> StackPlan:
    """Keep the stated use if it is as good as what was searched: several uses may be the best."""
    is_as_good = (searched.outcome, searched.sums) == (stated.outcome, stated.sums)
    return stated if is_as_good else searched


def _require_registers(proof: StackProof, sources: tuple[Source, ...]) -> None:
    stated = proof.members.get("registers", [])
    if stated == [source.to_json() for source in sources]:
        return
    names = ", ".join(f"{one['id']} edition {one['edition']}" for one in stated) or "none"
    raise StackingError(
        f"The stack proof was made with other registers than those in use here: {names}. Give them "
        "with --register, and the file with the authorities that sign them with --trust.",
        code="PROOF_REGISTERS_DIFFER",
        pointer="/registers",
    )


def _listed_lots(
    proof: StackProof, credentials: Sequence[VerifiedCredential], registers: Registers
) -> tuple[Lot, ...]:
    """Read the lots that a proof lists, in its order, from the credentials with their digests."""
    digests = set(proof.digests)
    made = {
        lot.id: lot
        for one in credentials
        if one.digest in digests
        for lot in lots_of(
            one,
            proof.rule,
            registers,
            as_of=proof.planned_on,
            expected_subject=proof.members["subject"],
        )[0]
    }
    names = [lot["id"] for lot in proof.members["lots"]]
    missing = tuple(
        Difference(f"/lots/{place}", proof.members["lots"][place], None)
        for place, name in enumerate(names)
        if name not in made or name in names[:place]
    )
    if missing:
        raise ProofDiffersError(missing)
    lots = tuple(made[name] for name in names)
    later = tuple(
        Difference(f"/lots/{place}/awarded", lot.awarded.isoformat(), None)
        for place, lot in enumerate(lots)
        if lot.awarded is not None and lot.awarded > proof.planned_on
    )
    if later:
        raise ProofDiffersError(later)
    return lots


def _plan_of(lots: tuple[Lot, ...], proof: StackProof, conditions: Conditions) -> StackPlan:
    """Compute what the stated use comes to."""
    rule = proof.rule
    eligible, excluded = sort_out(lots, rule, conditions)
    faults = tuple(_faults_of_use(proof, eligible, lots))
    if faults:
        raise ProofDiffersError(faults)
    use = {item.lot.id: proof.use[item.lot.id] for item in eligible if item.lot.id in proof.use}
    ladder = conditions.ladders.get(rule.framework or "")
    is_exhaustive = bool(proof.members.get("exhaustive", True))
    return assess(eligible, excluded, use, rule, ladder, is_exhaustive=is_exhaustive)


def _faults_of_use(
    proof: StackProof, eligible: tuple[EligibleLot, ...], lots: tuple[Lot, ...]
) -> Iterator[Difference]:
    items, use = {item.lot.id: item for item in eligible}, proof.use
    for name in use:
        item = items.get(name)
        if item is None or not _is_possible(item, use, proof):
            yield Difference(f"/use/{pointer_token(name)}", proof.members["use"][name], None)
    counting = (item.lot for item in eligible)
    for one, other in kin_pairs(counting, {lot.id: lot for lot in lots}):
        if one in use and other in use:
            yield Difference(f"/use/{pointer_token(other)}", proof.members["use"][other], None)


def _is_possible(item: EligibleLot, use: Use, proof: StackProof) -> bool:
    """Tell whether a lot may be used so: whole, or a multiple of the step below its amount."""
    part, step, number = use[item.lot.id], proof.rule.divisible_step, item.amount.number
    if part is None:
        return True
    if step is None or number is None or not proof.rule.may_divide(item.lot):
        return False
    return 0 < part < number and (part / step).denominator == 1


def _require_same(stated: JsonObject, found: JsonObject) -> None:
    differences = tuple(_differences(stated, found, ""))
    if differences:
        raise ProofDiffersError(differences)


def _differences(stated: JsonValue, found: JsonValue, pointer: str) -> Iterator[Difference]:
    """Compare two JSON values, member by member; booleans and numbers are never alike."""
    if isinstance(stated, dict) and isinstance(found, dict):
        for name in sorted({*stated, *found}):
            place = f"{pointer}/{pointer_token(name)}"
            yield from _differences(stated.get(name), found.get(name), place)
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for index, (one, other) in enumerate(zip(stated, found, strict=True)):
            yield from _differences(one, other, f"{pointer}/{index}")
    elif type(stated) is not type(found) or stated != found:
        yield Difference(pointer, stated, found)
