"""The command "value": what a credential is worth, in every framework that the registers reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import click

from credentials.json_types import JsonObject
from tallystick import verifying
from tallystick.explaining import printable
from tallystick.files import read_input
from tallystick.looking_up import offline_option, resolver_in_use, resolver_map_option
from tallystick.status_memory_file import memory_in_use
from tallystick.telling import EXIT_STATUS
from tallystick.time_option import TimeOption
from tallystick.trust_files import read_adopters
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from verifier.report import Verdict, VerificationReport
from verifier.verifier import Verifier

HEADLINES = {
    Verdict.VALID: "The {} is valid.",
    Verdict.INVALID: "THE {} IS NOT VALID. What follows is only what it says.",
    Verdict.INDETERMINATE: "Whether the {} is valid could not be decided.",
}


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--json", "as_json", is_flag=True, help="Print the value section as JSON.")
@click.option("--at", type=TimeOption(), help="Judge as of this time instead of now.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@resolver_map_option
@offline_option
@click.pass_context
def value(
    context: click.Context,
    file: str,
    as_json: bool,
    at: datetime | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
) -> None:
    """Explain what a credential is worth, in every framework that the registers reach.

    The credential is verified first; the exit status is that of verify.
    """
    now, resolver = at or verifying.now(), resolver_in_use(resolver_map, offline=offline)
    registers = registers_in_use(register_files, trust_files, resolver, now)
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        registers=registers,
        adopters=read_adopters(trust_files),
        status_memory=memory_in_use(),
    )
    report = Verifier(world).check(read_input(file))
    if as_json:
        click.echo(json.dumps(value_json(report), indent=2))
    else:
        click.echo("\n".join(map(printable, explain_value(report))))
    context.exit(EXIT_STATUS[report.verdict])


def explain_value(report: VerificationReport) -> Iterator[str]:
    """Tell the value section of a report in plain words; no number stands without its method.

    Of a presentation, the value of each credential in it is told.
    """
    if "VerifiablePresentation" not in report.credential.get("type", []):
        yield _headline(report.verdict, "credential")
        yield from _value(report.value)
        return
    yield _headline(report.verdict, "presentation")
    if not report.credentials:
        yield "It presents no credential."
    for number, presented in enumerate(report.credentials, start=1):
        yield ""
        name = presented["credential"].get("name")
        yield f"Credential {number}{f', {name}' if name else ''}:"
        yield _headline(Verdict(presented["verdict"]), "credential")
        yield from _value(presented["value"])


def value_json(report: VerificationReport) -> JsonObject:
    """Write verdict and value, of a presentation those of each credential in it, too."""
    members: JsonObject = {"verdict": report.verdict.value, "value": report.value}
    if report.credentials:
        members["credentials"] = list(report.credentials)
    return members


def _headline(verdict: Verdict, what: str) -> str:
    return HEADLINES[verdict].format(what.upper() if verdict is Verdict.INVALID else what)


def _value(value: JsonObject) -> Iterator[str]:
    appraisals = value.get("appraisals", [])
    if not appraisals and value.get("stated"):
        yield "What it states about its value contradicts itself; see the reasons with: verify."
    elif not appraisals:
        yield "It states neither level nor credits."
    for appraisal in appraisals:
        yield ""
        yield from _stated(appraisal)
        yield from _elsewhere(appraisal["elsewhere"])


def _stated(appraisal: JsonObject) -> Iterator[str]:
    level = f"level {appraisal.get('level', '?')} of {appraisal.get('framework', 'no framework')}"
    credit = f"{appraisal['amount']} {appraisal['unit']} credits" if "amount" in appraisal else ""
    only = "" if appraisal.get("basis", "earned") == "earned" else " available, none earned"
    yield f"{credit}{only}{', ' if credit else ''}{level}, as of {appraisal['as_of']}"
    assurance = appraisal["assurance"]
    reasons = f" ({', '.join(assurance['reasons'])})" if assurance["reasons"] else ""
    yield f"  Assurance {assurance['class']}: {assurance['meaning']}{reasons}"
    for link in assurance["chain"]:
        yield f"    {link['kind']}: {link['subject']} by {link['by']} {link['row']}".rstrip()
    for finding in appraisal["findings"]:
        certainty = "certain" if finding["certain"] else "not certain"
        yield f"  {finding['code']} ({finding['reason']}, {certainty})"


def _elsewhere(elsewhere: JsonObject) -> Iterator[str]:
    if elsewhere["levels"]:
        yield "  In other frameworks:"
    for level in elsewhere["levels"]:
        yield f"    {_level(level)}"
    if elsewhere["credits"]:
        yield "  In other units of credit:"
    for credit in elsewhere["credits"]:
        yield f"    {_credit(credit)}"


def _level(level: JsonObject) -> str:
    name = level["framework_name"]
    if not level["levels"]:
        return f"{name}: not decided ({', '.join(level['reasons'])})"
    codes = " or ".join(row["level"] for row in level["levels"])
    how = ", read backwards" if level["inverse"] else ""
    return f"{name}: level {codes} (map {level['method']}{how}; {_basis(level)})"


def _credit(credit: JsonObject) -> str:
    amount = credit["amount"] or f"{credit['min']} to {credit['max']}"
    authority = f", {credit['authority']}" if credit["authority"] else ""
    rounded = ""
    if "rounded" in credit:
        ends = dict.fromkeys((credit["rounded"]["min"], credit["rounded"]["max"]))
        how = credit["rounding"]
        rounded = (
            f", rounded {' to '.join(ends)} ({how['mode']} to {how['step']}, each {how['place']})"
        )
    return f"{amount} {credit['unit']}{rounded} ({credit['method']}{authority}; {_basis(credit)})"


def _basis(item: JsonObject) -> str:
    """Name sources and how sure they are; general knowledge is never shown as sourced."""
    parts = [
        f"source {row['source']}"
        if row["status"] in ("sourced", "verified")
        else f"{row['status'].replace('-', ' ')}, not verified"
        for row in item["basis"]
    ]
    return "; ".join(dict.fromkeys(parts))
