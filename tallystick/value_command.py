"""The command "value": what a credential is worth, in every framework that the registers reach."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.json_types import JsonObject
from verifier.report import Verdict, VerificationReport

HEADLINES = {
    Verdict.VALID: "The {} is valid.",
    Verdict.INVALID: "THE {} IS NOT VALID. What follows is only what it says.",
    Verdict.INDETERMINATE: "Whether the {} is valid could not be decided.",
}


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
