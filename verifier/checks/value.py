"""Check "value": what the credential says it is worth, and whether that can be."""

from __future__ import annotations

from credentials.json_types import JsonObject
from credentials.level_credit import read_and_judge
from credentials.level_credit.claims import StatedValue
from verifier.checks.value_words import in_words
from verifier.checks.world import World, from_findings, passed, skipped
from verifier.report import Outcome, Remark
from verifier.value_section import Appraisals, ValueSection


def check_value(
    document: JsonObject, world: World, endorsed: tuple[Remark, ...], *, is_proven: bool
) -> tuple[tuple[Remark, ...], ValueSection]:
    """Read level and credits; the second result is the `value` section of the report.

    Obligations (docs/level-credit-profile.md):

    1. stated values are possible in themselves;
    2. each is told with its unit, level and source, never as a bare number, and as what it is:
       earned, or only available;
    3. without a register nothing stated counts as confirmed;
    4. with registers it is held against them, as far as one verification goes.

    `endorsed` is what was said about endorsements; those that hold are evidence for the fourth.
    `is_proven` says whether signature and issuer hold.
    """
    # 1.
    values, findings = read_and_judge(document)
    remarks = from_findings(findings)
    # 2.
    section = ValueSection(values)
    if any(remark.outcome is Outcome.FAILED for remark in remarks):
        return remarks, section
    if not values:
        text = "The credential states neither level nor credits."
        return (skipped("NO_VALUE_STATED", text), *remarks), section
    # 4.
    if world.registers is not None:
        world.effort.claims += sum(max(1, len(value.levels)) for value in values)
        if world.effort.claims > world.limits.value_claims:
            return (_too_many(world), *remarks), section
        found, appraisals = _appraised(document, values, world, endorsed, is_proven=is_proven)
        return (*found, *remarks), section._replace(appraisals=appraisals)
    # 3.
    told = "; ".join(in_words(value) for value in values)
    text = f"Stated by the issuer, not confirmed by any register: {told}."
    return (passed(text, "STATED_BY_ISSUER"), *remarks), section


def _appraised(
    document: JsonObject,
    values: tuple[StatedValue, ...],
    world: World,
    endorsed: tuple[Remark, ...],
    *,
    is_proven: bool,
) -> tuple[tuple[Remark, ...], Appraisals]:
    # Registers are loaded for credentials that state a value.
    from verifier.checks.appraisal import check_appraisal, endorsements_at

    endorsements = endorsements_at(document, endorsed)
    return check_appraisal(document, values, world, endorsements, is_proven=is_proven)


def _too_many(world: World) -> Remark:
    most = world.limits.value_claims
    text = f"This value was not looked at: there are more than {most} values in all."
    return Remark(Outcome.INDETERMINATE, "TOO_MANY_VALUES_IN_ALL", text, "/credentialSubject")
