"""Second part of the story: credentials of two institutions in two frameworks become an award.

The polytechnic plans, issues the award with its components, and writes down what is spent; anyone
recomputes the award, and what was changed or spent already does not count.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from tallystick.demo.courses import WELDING
from tallystick.demo.stage import Cast, Scene, process, run, told, verify
from tallystick.files import CommandError, write_output

RULE = """id = "{id}"
title = "{title}"
framework = "nz-nzqcf"
unit = "nzqcf"
family = "dairy-engineering"

[[constraints]]
id = "total"
type = "sum"
min = "30"

[[constraints]]
id = "at_or_above_5"
type = "min_at_or_above_level"
level = "5"
amount = "20"
"""

AWARD: JsonObject = {
    "issuer": {"name": "Polytechnic of the Lakes", "url": "https://lakes.example"},
    "achievement": {
        "id": "https://lakes.example/awards/dairy-engineering",
        "name": "Certificate in Dairy Engineering",
        "description": "Thirty credits, twenty of them at level 5 or above.",
        "criteria": "The credits of the rule, from any accredited institution.",
        "achievementType": "Certificate",
    },
    "level": WELDING["level"],
}


def play(cast: Cast, edition: Path) -> None:
    """Plan, award, verify, and show what does not work."""
    trust = cast.believing(edition)
    wallet = (cast.path("pipe-welding.json"), cast.path("statistics.json"))
    rule = _rule(cast, "dairy-certificate", "Certificate in Dairy Engineering")
    click.echo(told(run("stack", "plan", rule, *wallet, *trust)))
    award, record, ledger = (cast.path(f"{name}.json") for name in ("award", "record", "ledger"))
    request = cast.path("award.request.json")
    write_output(request, serialize_json_for_people(AWARD))
    given = ("--request", request, "--key", cast.polytechnic.uri, "--ledger", ledger, *trust)
    run("stack", "award", rule, *wallet, *given, "--out", award, "--record", record)
    click.echo("   Polytechnic of the Lakes issued the award, with its components")
    verify(
        Scene("the award with its components", record, "valid", "AWARD_RECOMPUTED"), cast, edition
    )
    click.echo(told(run("stack", "verify", record, *trust)))
    _spend_again(cast, wallet, (*given, "--out", cast.path("second-award.json")))
    changed = _with_more_credits(record, cast.path("changed-record.json"))
    scene = Scene("a component with 60 credits, by hand", changed, "invalid", "COMPONENT_INVALID")
    verify(scene, cast, edition)


def _rule(cast: Cast, name: str, title: str) -> Path:
    path = cast.path(f"{name}.toml")
    write_output(path, RULE.format(id=name, title=title).encode("utf-8"))
    return path


def _spend_again(cast: Cast, wallet: tuple[Path, ...], given: tuple[object, ...]) -> None:
    """Try to make another award of the same credit."""
    rule = _rule(cast, "dairy-diploma", "Another award of the same family")
    refused = process("stack", "award", rule, *wallet, *given)
    if refused.returncode == 0:
        raise CommandError("The same credit was spent twice.")
    click.echo(told(refused.stderr.decode()))


def _with_more_credits(record: Path, target: Path) -> Path:
    document = json.loads(record.read_bytes())
    component = document["credentialSubject"]["verifiableCredential"][1]
    component["credentialSubject"]["creditsEarned"] = 60
    write_output(target, serialize_json_for_people(document))
    return target
