"""First part of the story: credentials, what they are worth, and who stands behind that.

A framework authority signs a register, accredits two institutions with different scopes and rates
a course that an employer asked for.  Institutions and employer issue micro-credentials.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from frameworks.register import edition_digest
from issuer.requests import IssuanceRequest
from tallystick import composition
from tallystick.demo import authority
from tallystick.demo.courses import CLEANING, HOBBY, STATISTICS, WELDING, at_level
from tallystick.demo.service_story import COLLEGE, INSTITUTIONS, UNIVERSITY, Service
from tallystick.demo.stage import Cast, Player, Scene, process, run, told
from tallystick.files import CommandError, write_output


def write_trust(cast: Cast) -> None:
    """Write whom the verifier knows, and which authority it believes."""
    known = (cast.college, cast.university, cast.polytechnic, cast.employer, cast.stranger)
    trust = {
        "list": {"name": "the demonstration's list"},
        "issuers": [{"id": player.id} for player in (*known, cast.registrar)],
        "adopters": [{"id": cast.senate.id}],
        "authorities": [{"id": cast.authority.id, "frameworks": ["nz-nzqcf", "eu-eqf"]}],
    }
    write_output(cast.path("trust.json"), serialize_json_for_people(trust))


def signed_register(cast: Cast) -> Path:
    """Write the register, rate and list the employer's course, sign, endorse."""
    _write_edition(cast, 1, "5")
    course = cast.path("course.toml")
    names = {"course": CLEANING["achievement"]["id"], "authority": cast.authority.id}
    text = authority.COURSE.format(**names, employer=cast.employer.id)
    write_output(course, text.encode("utf-8"))
    folder, edition = cast.path("register-1"), cast.path("edition-1.json")
    click.echo(told(run("register", "rate", course, "--register", folder)))
    approval = ("--listing", "demo-1", "--by", "Ngaio Example", "--source", "own")
    click.echo(told(run("register", "approve", course, "--register", folder, *approval)))
    key = ("--key", cast.authority.uri)
    click.echo(told(run("register", "sign", folder, *key, "--out", edition)))
    endorsed = ("--provider", cast.employer.id, "--out", cast.path("endorsement.json"))
    run("register", "endorse", course, "--register", edition, *key, *endorsed)
    return edition


def _write_edition(cast: Cast, edition: int, highest: str, **stated: str) -> None:
    """Write an edition in which the college may award levels up to `highest`."""
    welders = authority.Accredited("college", cast.college.id, "nz-nzqcf", "1", highest, "07")
    scientists = authority.Accredited("university", cast.university.id, "eu-eqf", "6", "8", "05")
    authority.write_register(
        cast.path(f"register-{edition}"),
        cast.authority.id,
        (welders, scientists),
        edition=edition,
        **stated,
    )


def issue_all(cast: Cast, service: Service, edition: Path) -> tuple[Scene, ...]:
    """Issue four good credentials; each with who stands behind its value.

    The institutions issue through their service, the employer and the stranger by a command.
    """
    endorsed = ("--endorsement", cast.path("endorsement.json"))
    _serve_lists(cast, {})
    scenes = (
        _issue_over_http(cast, service, COLLEGE, WELDING, "pipe-welding"),
        _issue_over_http(cast, service, UNIVERSITY, STATISTICS, "statistics"),
    )
    lists = {name: service.published_list(name) for name in INSTITUTIONS}
    _serve_lists(cast, lists)
    return (
        *scenes,
        _issue(cast, cast.employer, at_level(CLEANING, "4"), "cleaning", "A", edition, *endorsed),
        _issue(cast, cast.stranger, HOBBY, "week-end", "D", edition),
    )


def _serve_lists(cast: Cast, lists: dict[str, bytes]) -> None:
    """Keep what the service publishes, and say at which addresses the web has it."""
    served = {}
    for name, data in lists.items():
        write_output(cast.path(f"{name}-list.json"), data)
        served[json.loads(data)["id"]] = f"{name}-list.json"
    write_output(cast.path("lists.json"), serialize_json_for_people(served))


def _issue_over_http(
    cast: Cast, service: Service, institution: str, request: JsonObject, name: str
) -> Scene:
    achievement = service.achievement(institution, request)
    learner = {**request["learner"], "email": "ana@example.com", "name": "Ana Ñúñez"}
    out, title = cast.path(f"{name}.json"), request["achievement"]["name"]
    service.issue(institution, achievement, learner, out)
    click.echo(f"   {request['issuer']['name']} issued “{title}” through its service")
    if institution == COLLEGE:
        count = service.issue_class(institution, achievement)
        click.echo(f"   and to a class of {count}, from a table of learners")
    return Scene(f"“{title}”", out, "valid", "ASSURANCE_B")


def _issue(
    cast: Cast,
    player: Player,
    request: JsonObject,
    name: str,
    assurance: str,
    edition: Path,
    *more: object,
) -> Scene:
    wanted, out = cast.path(f"{name}.request.json"), cast.path(f"{name}.json")
    write_output(wanted, serialize_json_for_people(request))
    trust = cast.believing(edition)
    run("issue", wanted, "--key", player.uri, "--out", out, *trust, *more)
    title = request["achievement"]["name"]
    click.echo(f"   {request['issuer']['name']} issued “{title}”")
    return Scene(f"“{title}”", out, "valid", f"ASSURANCE_{assurance}")


def bad_copies(cast: Cast, welding: Path) -> tuple[Scene, ...]:
    """Make what a verifier must refuse: changed, expired, a false issuer's, beyond the scope."""
    past = {"validFrom": "2021-01-01T00:00:00Z", "validUntil": "2023-01-01T00:00:00Z"}
    college = cast.college.id
    tampered = _copy(welding, cast.path("tampered.json"), _more_credits)
    expired = _unchecked(cast.college, WELDING | past, college, cast.path("expired.json"))
    stranger = _unchecked(cast.university, WELDING, college, cast.path("wrong-issuer.json"))
    too_high = _unchecked(cast.college, at_level(WELDING, "7"), college, cast.path("level-7.json"))
    return (
        Scene("a copy with 60 credits instead of 20", tampered, "invalid", "SIGNATURE_INVALID"),
        Scene("a credential that has expired", expired, "invalid", "EXPIRED"),
        Scene("one signed by another institution", stranger, "invalid", "ISSUER_MISMATCH"),
        Scene("a level that the college may not award", too_high, "invalid", "OUT_OF_SCOPE"),
    )


def _unchecked(player: Player, request: JsonObject, issuer: str, out: Path) -> Path:
    """Sign what an issuer would refuse to release."""
    asked = IssuanceRequest.from_json(request)
    document = composition.unsafe_sign_unchecked(player.key, asked, issuer)
    write_output(out, serialize_json_for_people(document))
    return out


def _copy(source: Path, target: Path, change: Callable[[JsonObject], None]) -> Path:
    document = json.loads(source.read_bytes())
    change(document)
    write_output(target, serialize_json_for_people(document))
    return target


def _more_credits(document: JsonObject) -> None:
    document["credentialSubject"]["creditsEarned"] = 60
    document["credentialSubject"]["achievement"]["creditsAvailable"] = 60
    for result in document["credentialSubject"]["result"]:
        result["value"] = "60" if result["value"] == "20" else result["value"]


def new_edition(cast: Cast, edition: Path) -> None:
    """Sign and use a new edition of the register; the one before is refused from then on."""
    previous = edition_digest(json.loads(edition.read_bytes()))
    listings = cast.path("register-1").joinpath(authority.LISTINGS).read_text("utf-8")
    _write_edition(cast, 2, "6", previous=previous, listings=listings)
    newer = cast.path("edition-2.json")
    key = ("--key", cast.authority.uri, "--out", newer, "--previous", edition)
    run("register", "sign", cast.path("register-2"), *key)
    click.echo(told(run("register", "diff", edition, newer)))
    trust, registers = ("--trust", cast.path("trust.json")), str(cast.path("kept"))
    click.echo(told(run("register", "use", newer, *trust, registers=registers)))
    refused = process("register", "use", edition, *trust, registers=registers)
    if refused.returncode == 0 or b"EDITION_ROLLBACK" not in refused.stderr:
        raise CommandError("An older edition was taken back.")
    click.echo(told(refused.stderr.decode()))
