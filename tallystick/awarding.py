"""Awards made of credentials, for the command and for a registrar's desk.

Both plan, prove and issue by what stands here, so the same credentials under the same rule, on the
same day and with the same ledger, come to the same award.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from credentials.json_types import JsonObject
from frameworks.registers import Registers
from issuer.awards import AwardStatement, award_request
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer, Status
from keys.did import Resolver
from keys.store import StoredKey
from stacking import AwardRule, StackPlan, plan
from stacking.account import Telling
from stacking.explaining import explain
from stacking.lots import LedgerEntry, Lot
from stacking.plan_names import names_in
from stacking.planning import lots_used
from stacking.proof_verification import VerifiedStack, verify_proof
from stacking.register_conditions import RegisterConditions
from stacking.rule_text import read_rule_text, rule_of_text
from stacking.stack_proof import PlanningContext, StackProof, write_proof
from tallystick import composition
from tallystick.files import CommandError
from tallystick.wallet_files import Wallet


@dataclass(frozen=True, slots=True)
class RuleInUse:
    """An award rule as parsed, held against the registers that are asked as of a day."""

    rule: AwardRule
    members: JsonObject
    registers: Registers
    conditions: RegisterConditions
    day: date

    @classmethod
    def read(cls, text: str, institution: str | None, registers: Registers, day: date) -> RuleInUse:
        """Read a rule (TOML); `institution` makes the award if the rule does not say who does.

        Raises `StackingError` for a rule that is none, or does not fit the registers.
        """
        changes = {} if institution is None else {"institution": institution}
        members = {**read_rule_text(text), **changes}
        framework = members.get("framework")
        conditions = RegisterConditions.of(
            registers, framework if isinstance(framework, str) else None, day
        )
        known = conditions.conditions
        rule = rule_of_text(text, changes, known.units, known.ladders)
        return cls(rule, members, registers, conditions, day)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and everything that it was made from."""

    found: StackPlan
    wallet: Wallet
    members: JsonObject
    registers: Registers
    resolver: Resolver | None
    conditions: RegisterConditions
    context: PlanningContext
    names: Mapping[str, str]
    """What units and frameworks are called."""

    @property
    def telling(self) -> Telling:
        """What the plan is told with."""
        ladders = self.conditions.conditions.ladders
        return Telling(
            names=self.names,
            lots=self.wallet.lot_names,
            institutions=self.wallet.issuer_names,
            ladder=ladders.get(self.found.rule.framework or ""),
            left_out=self.wallet.left_out,
        )

    @property
    def unit_token(self) -> str:
        """How credentials name the unit of the rule."""
        unit = self.found.rule.unit
        for day in self.conditions.days:
            for token, row in day.units_by_token.items():
                if row.id == unit:
                    return token
        return unit

    def proof(self) -> StackProof:
        """Write the proof of the plan, each credential once.

        Raises `CommandError` if the learner is not named by an id: then nothing ties the
        credentials to one person.
        """
        if self.context.subject is None:
            text = "A stack proof is about one learner; these credentials name none by an id."
            raise CommandError(text)
        by_id: dict[str, Lot] = {}
        for lot in self.wallet.lots:
            by_id.setdefault(lot.id, lot)
        lots = tuple(by_id.values())
        return _proof(self, lots, _about(self.context.ledger, lots))

    def proof_of_use(self) -> StackProof:
        """Write the proof of the used lots alone, of which no earlier use stands in the way.

        Other lots, and other awards of the learner, are nobody else's business.
        """
        return _proof(self, lots_used(self.found), ())


def _proof(planned: Planned, lots: tuple[Lot, ...], ledger: tuple[LedgerEntry, ...]) -> StackProof:
    rule, context = planned.found.rule, replace(planned.context, ledger=ledger)
    conditions = planned.conditions.for_lots(lots, rule, method=context.method, ledger=ledger)
    return write_proof(plan(lots, rule, conditions), lots, planned.members, context)


def _about(ledger: tuple[LedgerEntry, ...], lots: tuple[Lot, ...]) -> tuple[LedgerEntry, ...]:
    """Choose the entries about some lots; what else an institution has awarded stays private."""
    names = {lot.id for lot in lots}
    digests = {digest for lot in lots for digest in lot.known_by}
    return tuple(entry for entry in ledger if entry.digest in digests or entry.lot in names)


def plan_wallet(
    wallet: Wallet,
    ruled: RuleInUse,
    resolver: Resolver | None,
    ledger: tuple[LedgerEntry, ...],
    method: str | None,
) -> Planned:
    """Plan an award of the credentials of a wallet; what the ledger names is heeded."""
    conditions = ruled.conditions
    context = PlanningContext(
        sources=conditions.sources,
        planned_on=ruled.day,
        method=method,
        ledger=ledger,
        subject=wallet.subject,
    )
    asked_of = conditions.for_lots(wallet.lots, ruled.rule, method=method, ledger=ledger)
    found = plan(wallet.lots, ruled.rule, asked_of)
    names = names_in(ruled.registers, ruled.day)
    return Planned(
        found, wallet, ruled.members, ruled.registers, resolver, conditions, context, names
    )


def is_own_rule(rule: AwardRule, key: StoredKey) -> bool:
    """Tell whether a rule counts no credit of another institution as that of whoever signs."""
    return rule.institution in (None, key.record.controller)


def prove(planned: Planned) -> VerifiedStack:
    """Prove the used lots alone, and recompute the proof at once from their credentials.

    Raises `ProofDiffersError` where it does not come to the same.
    """
    return verify_proof(planned.proof_of_use(), planned.wallet.credentials, planned.registers)


def prepare_award(
    members: JsonObject, planned: Planned, stack: VerifiedStack, key: StoredKey, now: datetime
) -> tuple[Issuer, IssuanceToken]:
    """Prepare the award; its level and credits are held against the registers like any other.

    Nothing is signed with the key.  Raises what `award_request` and the issuer raise.
    """
    statement = AwardStatement(members, planned.unit_token, narrative_of(stack, planned))
    request = award_request(statement, stack, planned.wallet.credentials)
    issuer = composition.issuer_for(key, resolver=planned.resolver, registers=planned.registers)
    return issuer, issuer.prepare(request, now=now)


def issue_award(
    members: JsonObject,
    planned: Planned,
    stack: VerifiedStack,
    key: StoredKey,
    now: datetime,
    status: Status | None = None,
) -> IssuedCredential:
    """Issue the award; `status` gives it an entry of a list, after everything else is in order.

    Raises what `prepare_award` and the issuer raise.
    """
    issuer, token = prepare_award(members, planned, stack, key, now)
    if status is not None:
        token = issuer.with_status(token, status, now=now)
    return issuer.issue(token, now=now)


def narrative_of(stack: VerifiedStack, planned: Planned) -> str:
    """Say in words what the stack proof says in numbers."""
    return "\n".join(explain(stack.plan, replace(planned.telling, left_out=())))


def uses_of(rule: AwardRule, used: Iterable[Lot]) -> tuple[LedgerEntry, ...]:
    """Tell what an award has used, with everything that it was made of, as a ledger has it.

    Each is written with its id and with what it states, too: a credential that its issuer signs
    anew for selective disclosure, or in another form, has another digest.  An award of exclusive
    use spends: what it has used serves no other award.
    """
    lots = tuple(used)
    own = {lot.digest for lot in lots}
    parts = sorted({name for lot in lots for name in lot.known_by - own if name is not None})
    named = [*((lot.id, lot.digest) for lot in lots), *((None, digest) for digest in parts)]
    spent = rule.redeems or rule.is_exclusive
    return tuple(
        LedgerEntry(rule.id, spent, lot, digest, rule.family) for lot, digest in named if digest
    )
