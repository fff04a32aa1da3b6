"""Third part of the story: a Senate adopts a policy once, and the registrar's office applies it.

A foreign micro-credential and a course without credit are recognised, one case is refused with
reasons and one referred to a person; anyone decides again and gets the same bytes; and the Senate
sees what a draft would have changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import click

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from issuer.requests import CONTEXTS
from tallystick.demo.courses import LEARNER
from tallystick.demo.stage import Cast, Scene, process, run, told, verify
from tallystick.files import CommandError, write_output

POLICY = """id = "demonstration-senate"
version = "{version}"
title = "Recognition of micro-credentials by the Senate of the demonstration"
valid_from = "2026-01-01"
valid_until = "2999-12-31"
review = "2999-06-30"
unit = "ca-3"
grant = "claimed"
rounding = {{ step = "1/2", mode = "floor" }}

[adoption]
body = "Senate of the demonstration"
id = "{senate}"
resolution = "Senate resolution 1"
adopted_on = "2026-01-01"

[mandate]
office = "Registrar of the demonstration"
ids = ["{registrar}"]
second_reader = "overrides"

[scope]
source_classes = ["formal", "non-credit"]
recognitions = ["specified", "unspecified"]

[accepts]
frameworks = ["eu-eqf", "nz-nzqcf"]
registers = [{{ id = "urn:tallystick:register:reference", edition = 1 }}]

[map_policy]
kinds = ["referenced", "compared"]

[[conversions]]
id = "senate-ects"
from = "ects"
to = "ca-3"
method = "receiver-policy"
ratio = "1/2"
authority = "Senate of the demonstration"

[[conversions]]
id = "senate-nzqcf"
from = "nzqcf"
to = "ca-3"
method = "receiver-policy"
ratio = "1/4"
authority = "Senate of the demonstration"

[[gates]]
id = "assessed"
type = "assessment_in"
accept = ["examination", "practical", "project"]
on_fail = "refuse"

[[gates]]
id = "outcomes"
type = "overlap_min"
min = "{overlap}"
on_fail = "refer"
route = "ASSESSOR_REVIEW"

[[gates]]
id = "unused"
type = "not_redeemed"
on_fail = "refuse"

[precedents]
allowed = true
years = 3
bind_policy_version = true

[sampling]
rate = "1/20"
body = "Committee for micro-credentials"

[appeal]
days = 30
body = "Appeals committee"
"""

LIFTING = "https://plainsmilk.example/courses/safe-lifting"
COURSE = f"""id = "{LIFTING}"
title = "Safe lifting for warehouses"
framework = "nz-nzqcf"
language = "en"
field = "1022"
level = "4"

[[outcomes]]
text = "Lift and store heavy goods without harm."
level = "4"

[hours]
taught = "20"
self_study = "30"

[[assessments]]
type = "practical"
supervised = true
identity_verified = true

[quality_assurance]
type = "internal"
"""


TARGET = """component = "{component}"
amount = "3"
unit = "ca-3"
recognition = "unspecified"
"""


class Application(NamedTuple):
    """A case: the credential, the receiving component, facts of named persons, what comes out."""

    title: str
    file: str
    component: str
    facts: dict[str, str]
    outcome: str
    code: str
    options: tuple[object, ...] = ()


def play(cast: Cast, edition: Path) -> None:
    """Adopt a policy, decide four cases, and have two of them decided again."""
    trust = cast.believing(edition)
    policy = _adopted(cast, "1", "3/4")
    click.echo("   The Senate signed its policy; the registrar decides by it:")
    _issue_lifting(cast)
    write_output(cast.path("lifting-course.toml"), COURSE.encode("utf-8"))
    for one in _applications(cast):
        decision = _decide(cast, policy, one, trust)
        if one.outcome == "GRANT":
            _decide_again(decision, cast.path(one.file), trust)
    granted = cast.path("decision-statistics.json")
    scene = Scene("the value that the Senate recognises", granted, "valid", "ASSURANCE_C")
    verify(scene, cast, edition)
    _oversee(cast)


def _decisions(cast: Cast) -> str:
    return f"sqlite:///{cast.path('decisions.db')}"


def _oversee(cast: Cast) -> None:
    """Decide everything again, and tell what a stricter draft would have changed."""
    register = ("--decisions", _decisions(cast), "--workers", "1")
    click.echo("   All recorded decisions, decided again:")
    click.echo(told(told(run("recognise", "replay", *register))))
    draft = _draft(cast, "2", "9/10")
    click.echo("   What if a draft asked for an overlap of nine tenths:")
    changed = process("recognise", "replay", "--policy", draft, *register)
    if changed.returncode != 1 or b"REFER" not in changed.stdout:
        raise CommandError(f"A draft changed nothing: {changed.stderr.decode()}")
    click.echo(told(told(changed.stdout.decode())))


def _adopted(cast: Cast, version: str, overlap: str) -> Path:
    """Write a version of the policy and have the Senate sign it."""
    draft, signed = _draft(cast, version, overlap), cast.path(f"policy-{version}.json")
    run("recognise", "policy", "sign", draft, "--key", cast.senate.uri, "--out", signed)
    return signed


def _draft(cast: Cast, version: str, overlap: str) -> Path:
    draft = cast.path(f"policy-{version}.toml")
    parties = {"senate": cast.senate.id, "registrar": cast.registrar.id}
    text = POLICY.format(version=version, overlap=overlap, **parties)
    write_output(draft, text.encode("utf-8"))
    return draft


def _issue_lifting(cast: Cast) -> None:
    """Issue a badge that states neither level nor credits."""
    achievement = {
        "id": LIFTING,
        "type": ["Achievement"],
        "name": "Safe lifting for warehouses",
        "description": "Lifting and storing heavy goods without harm.",
        "criteria": {"narrative": "Observed practice."},
        "version": "1",
    }
    badge: JsonObject = {
        "@context": list(CONTEXTS),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Safe lifting for warehouses",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "id": LEARNER,
            "achievement": achievement,
        },
    }
    request = cast.path("lifting.request.json")
    write_output(request, serialize_json_for_people({"credential": badge}))
    out = cast.path("lifting.json")
    run("issue", request, "--key", cast.employer.uri, "--out", out)


def _applications(cast: Cast) -> tuple[Application, ...]:
    known = {"redeemed": "false", "overlap": '"4/5"'}
    course = ("--course", cast.path("lifting-course.toml"), "--described-by", "assessor:a.smith")
    return (
        Application(
            "a foreign micro-credential",
            "statistics.json",
            "statistics",
            {**known, "assessment": '"project"'},
            "GRANT",
            "",
        ),
        Application(
            "a course without credit", "lifting.json", "lifting", known, "GRANT", "", course
        ),
        Application(
            "a week-end that was not assessed",
            "week-end.json",
            "welding",
            {**known, "assessment": '"attendance"'},
            "REFUSE",
            "ASSESSMENT_NOT_ACCEPTED",
        ),
        Application(
            "one whose outcomes nobody has compared",
            "pipe-welding.json",
            "welding",
            {"redeemed": "false", "assessment": '"practical"'},
            "REFER",
            "OVERLAP_UNKNOWN",
        ),
    )


def _decide(cast: Cast, policy: Path, one: Application, trust: tuple[object, ...]) -> Path:
    name = one.file.removesuffix(".json")
    target, facts = cast.path(f"{name}.target.toml"), cast.path(f"{name}.facts.toml")
    write_output(target, TARGET.format(component=one.component).encode("utf-8"))
    rows = (
        f'[[facts]]\nname = "{fact}"\nvalue = {value}\nestablished_by = "assessor:a.smith"\n'
        for fact, value in one.facts.items()
    )
    write_output(facts, "\n".join(rows).encode("utf-8"))
    decision = cast.path(f"decision-{name}.json")
    case = ("--target", target, "--facts", facts, *one.options)
    signing = ("--key", cast.registrar.uri, "--out", decision)
    recording = ("--decisions", _decisions(cast), "--case", name)
    finished = process(
        "recognise", policy, cast.path(one.file), *case, *signing, *recording, *trust
    )
    said = finished.stdout.decode()
    if not decision.exists() or one.code not in said or _outcome(decision) != one.outcome:
        raise CommandError(f"{one.title}: expected {one.outcome}; {said}{finished.stderr.decode()}")
    click.echo(f"   {one.title}:")
    click.echo(told(told(_without_facts(said))))
    return decision


def _without_facts(said: str) -> str:
    """Leave out the list of facts, which is long."""
    return "\n".join(line for line in said.splitlines() if not line.startswith("     "))


def _outcome(decision: Path) -> str:
    evidence = json.loads(decision.read_bytes())["evidence"][0]
    return str(json.loads(evidence["decisionPayload"])["outcome"])


def _decide_again(decision: Path, credential: Path, trust: tuple[object, ...]) -> None:
    click.echo(told(told(run("recognise", "verify", decision, credential, *trust))))
