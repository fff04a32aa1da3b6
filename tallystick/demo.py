"""The story that shows what this software does, on real files and with real processes.

A framework authority signs a register, accredits two institutions with different scopes and rates
a course that an employer asked for.  Institutions and employer issue micro-credentials; a verifier
that runs in another process and has no key accepts them, says what they are worth and who stands
behind that, and refuses bad copies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from frameworks.register import edition_digest
from issuer.requests import IssuanceRequest
from keys.store import FileKeyStore, KeyFileProtection, StoredKey, open_key
from keys.verification_key import KeyType
from tallystick import composition, demo_register
from tallystick.files import CommandError, write_output

LEARNER = "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG"

WELDING: JsonObject = {
    "issuer": {"name": "Southern Institute of Trades", "url": "https://sit.example"},
    "achievement": {
        "id": "https://sit.example/micro-credentials/pipe-welding",
        "name": "Pipe welding for dairy plants",
        "description": "Welding and inspecting stainless steel pipes to food-safety standard.",
        "criteria": "Three inspected welds, a written procedure, and an oral examination.",
        "inLanguage": "en-NZ",
        "fieldOfStudy": "0715",
    },
    "learner": {"id": LEARNER},
    "level": {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": "5",
        "uri": "urn:mcframework:nz-nzqcf:level:5",
    },
    "credits": {"unit": "NZQCF", "amount": "20"},
    "hours": "200",
}

STATISTICS: JsonObject = {
    "issuer": {"name": "Université de l'Exemple", "url": "https://exemple.example"},
    "achievement": {
        "id": "https://exemple.example/microcertifications/statistique",
        "name": "Statistics for environmental monitoring",
        "description": "Sampling, uncertainty and trend analysis of environmental data.",
        "criteria": "A graded project report on real data, defended before two examiners.",
        "inLanguage": "fr",
        "fieldOfStudy": "0542",
    },
    "learner": {"id": LEARNER},
    "level": {
        "framework": "EQF",
        "frameworkName": "European Qualifications Framework",
        "code": "6",
        "uri": "http://data.europa.eu/snb/eqf/6",
    },
    "credits": {"unit": "ECTS", "amount": "5"},
    "hours": "130",
}


CLEANING: JsonObject = {
    **WELDING,
    "issuer": {"name": "Plainsmilk", "url": "https://plainsmilk.example"},
    "achievement": {
        "id": "https://plainsmilk.example/courses/cleaning-in-place",
        "name": "Cleaning in place for dairy plants",
        "description": "Cleaning closed pipework, and deciding when a plant may run again.",
        "criteria": "One observed cleaning of a plant.",
        "fieldOfStudy": "0721",
    },
    "credits": {"unit": "NZQCF", "amount": "10"},
    "hours": "100",
}
"""The course for one employer; at what level it is, the authority decides: see `_at_level`."""

HOBBY: JsonObject = {
    **WELDING,
    "issuer": {"name": "Weld and Win", "url": "https://weldandwin.example"},
    "achievement": {
        "id": "https://weldandwin.example/courses/pipes",
        "name": "Pipes in a week-end",
        "description": "Two days of welding.",
        "criteria": "Attendance.",
        "fieldOfStudy": "0715",
    },
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One verification of the story: a file, and the verdict, reason and class that come out."""

    title: str
    file: Path
    verdict: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with a key of their own."""

    uri: str
    key: StoredKey

    @property
    def id(self) -> str:
        """The player's identifier."""
        return self.key.record.controller


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays, and where the files are."""

    folder: Path
    authority: Player
    college: Player
    university: Player
    employer: Player
    stranger: Player

    def path(self, name: str) -> Path:
        """Name a file of the story."""
        return self.folder / name


def run_demo(keep: Path | None) -> None:
    """Play the story in `keep`, or in a folder that is thrown away afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        _play(keep)
        return
    with tempfile.TemporaryDirectory(prefix="tallystick-demo-") as folder:
        _play(Path(folder))


def _play(folder: Path) -> None:
    click.echo("1. An authority, two institutions, an employer and a stranger make keys.")
    names = ("authority", "college", "university", "employer", "stranger")
    cast = Cast(folder, *(_player(folder / name) for name in names))
    _write_trust(cast)
    click.echo("\n2. The authority accredits two institutions, rates a course, signs its register.")
    edition = _register(cast)
    click.echo("\n3. Each issues a micro-credential with level and credits.")
    issued = _issue_all(cast, edition)
    click.echo("\n4. An employer's verifier, another process without any key, looks at them.")
    for scene in (*issued, *_bad_copies(cast, cast.path("pipe-welding.json"))):
        _verify(scene, cast, edition)
    click.echo("\n5. The authority signs a new edition; the one before is not taken back.")
    _new_edition(cast, edition)
    click.echo("\nEverything came out as it must.")


def _player(folder: Path) -> Player:
    if folder.exists():
        raise CommandError(f"{folder} is there already; choose an empty folder with --keep.")
    protection = KeyFileProtection.create(folder / "key-encryption.key")
    uri, record = FileKeyStore(folder).create(
        "signing", KeyType.ED25519, protection, created=composition.now()
    )
    click.echo(f"   {folder.name}: {record.controller}")
    return Player(uri, open_key(uri, lambda _record: protection))


def _write_trust(cast: Cast) -> None:
    issuers = (cast.college, cast.university, cast.employer, cast.stranger)
    trust = {
        "list": {"name": "the demonstration's list"},
        "issuers": [{"id": player.id} for player in issuers],
        "authorities": [{"id": cast.authority.id, "frameworks": ["nz-nzqcf", "eu-eqf"]}],
    }
    write_output(cast.path("trust.json"), serialize_json_for_people(trust))


def _register(cast: Cast) -> Path:
    """Write the register, rate and list the employer's course, sign, endorse."""
    _write_edition(cast, 1, "5")
    course = cast.path("course.toml")
    names = {"course": CLEANING["achievement"]["id"], "authority": cast.authority.id}
    text = demo_register.COURSE.format(**names, employer=cast.employer.id)
    write_output(course, text.encode("utf-8"))
    folder, edition = cast.path("register-1"), cast.path("edition-1.json")
    click.echo(_told(_run("register", "rate", course, "--register", folder)))
    approval = ("--listing", "demo-1", "--by", "Ngaio Example", "--source", "own")
    click.echo(_told(_run("register", "approve", course, "--register", folder, *approval)))
    key = ("--key", cast.authority.uri)
    click.echo(_told(_run("register", "sign", folder, *key, "--out", edition)))
    endorsed = ("--provider", cast.employer.id, "--out", cast.path("endorsement.json"))
    _run("register", "endorse", course, "--register", edition, *key, *endorsed)
    return edition


def _write_edition(cast: Cast, edition: int, highest: str, **stated: str) -> None:
    """Write an edition in which the college may award levels up to `highest`."""
    welders = demo_register.Accredited("college", cast.college.id, "nz-nzqcf", "1", highest, "07")
    scientists = demo_register.Accredited(
        "university", cast.university.id, "eu-eqf", "6", "8", "05"
    )
    demo_register.write_register(
        cast.path(f"register-{edition}"),
        cast.authority.id,
        (welders, scientists),
        edition=edition,
        **stated,
    )


def _issue_all(cast: Cast, edition: Path) -> tuple[Scene, ...]:
    """Issue four good credentials; each with who stands behind its value."""
    endorsed = ("--endorsement", cast.path("endorsement.json"))
    return (
        _issue(cast, cast.college, WELDING, "pipe-welding", "B", edition),
        _issue(cast, cast.university, STATISTICS, "statistics", "B", edition),
        _issue(cast, cast.employer, _at_level(CLEANING, "4"), "cleaning", "A", edition, *endorsed),
        _issue(cast, cast.stranger, HOBBY, "week-end", "D", edition),
    )


def _at_level(request: JsonObject, code: str) -> JsonObject:
    uri = f"urn:mcframework:nz-nzqcf:level:{code}"
    return {**request, "level": {**request["level"], "code": code, "uri": uri}}


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
    trust = ("--trust", cast.path("trust.json"), "--register", edition)
    _run("issue", wanted, "--key", player.uri, "--out", out, *trust, *more)
    title = request["achievement"]["name"]
    click.echo(f"   {request['issuer']['name']} issued “{title}”")
    return Scene(f"“{title}”", out, "valid", f"ASSURANCE_{assurance}")


def _bad_copies(cast: Cast, welding: Path) -> tuple[Scene, ...]:
    """Make what a verifier must refuse: changed, expired, a false issuer's, beyond the scope."""
    past = {"validFrom": "2021-01-01T00:00:00Z", "validUntil": "2023-01-01T00:00:00Z"}
    college = cast.college.id
    tampered = _copy(welding, cast.path("tampered.json"), _more_credits)
    expired = _unchecked(cast.college, WELDING | past, college, cast.path("expired.json"))
    stranger = _unchecked(cast.university, WELDING, college, cast.path("wrong-issuer.json"))
    too_high = _unchecked(cast.college, _at_level(WELDING, "7"), college, cast.path("level-7.json"))
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


def _verify(scene: Scene, cast: Cast, edition: Path) -> None:
    """Verify in a process of its own, whose folder of keys does not exist."""
    trust = ("--trust", cast.path("trust.json"), "--register", edition)
    finished = _process("verify", scene.file, "--json", *trust, keys=os.devnull)
    report = json.loads(finished.stdout)
    remarks = [one for check in report["checks"] for one in (check, *check.get("findings", ()))]
    if report["verdict"] != scene.verdict or scene.code not in {one["code"] for one in remarks}:
        raise CommandError(f"{scene.title}: expected {scene.verdict} {scene.code}, got {report}")
    click.echo(f"   {scene.title}: {report['verdict'].upper()}")
    for one in remarks:
        if one["code"].startswith("ASSURANCE") or one["outcome"] == "failed":
            click.echo(f"      {one['detail']} [{one['code']}]")


def _new_edition(cast: Cast, edition: Path) -> None:
    previous = edition_digest(json.loads(edition.read_bytes()))
    listings = cast.path("register-1").joinpath(demo_register.LISTINGS).read_text("utf-8")
    _write_edition(cast, 2, "6", previous=previous, listings=listings)
    newer = cast.path("edition-2.json")
    key = ("--key", cast.authority.uri, "--out", newer, "--previous", edition)
    _run("register", "sign", cast.path("register-2"), *key)
    click.echo(_told(_run("register", "diff", edition, newer)))
    trust, registers = ("--trust", cast.path("trust.json")), str(cast.path("kept"))
    click.echo(_told(_run("register", "use", newer, *trust, registers=registers)))
    refused = _process("register", "use", edition, *trust, registers=registers)
    if refused.returncode == 0 or b"EDITION_ROLLBACK" not in refused.stderr:
        raise CommandError("An older edition was taken back.")
    click.echo(_told(refused.stderr.decode()))


def _told(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())


def _run(*arguments: object, registers: str = os.devnull) -> str:
    """Run the command in a process of its own; it must succeed."""
    finished = _process(*arguments, registers=registers)
    if finished.returncode != 0:
        raise CommandError(f"{' '.join(map(str, arguments))}: {finished.stderr.decode()}")
    return finished.stdout.decode()


def _process(
    *arguments: object, registers: str = os.devnull, keys: str = ""
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "TALLYSTICK_REGISTERS": registers, "PYTHONIOENCODING": "utf-8"}
    environment |= {"TALLYSTICK_KEYS": keys} if keys else {}
    command = [sys.executable, "-m", "tallystick", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, check=False)
