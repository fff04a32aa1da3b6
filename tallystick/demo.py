"""The story that shows what this software does, on real files and with real processes.

Two institutions with keys of their own issue micro-credentials; a verifier that runs in another
process and has no key accepts them, says what they are worth, and refuses three bad copies.
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
from issuer.requests import IssuanceRequest
from keys.store import FileKeyStore, KeyFileProtection, StoredKey, open_key
from keys.verification_key import KeyType
from tallystick import composition
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


@dataclass(frozen=True, slots=True)
class Scene:
    """One verification of the story: a file, and the verdict and reason that must come out."""

    title: str
    file: Path
    verdict: str
    code: str = ""


def run_demo(keep: Path | None) -> None:
    """Play the story in `keep`, or in a folder that is thrown away afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        _play(keep)
        return
    with tempfile.TemporaryDirectory(prefix="tallystick-demo-") as folder:
        _play(Path(folder))


def _play(folder: Path) -> None:
    click.echo("1. Two institutions make keys of their own.")
    college = _institution(folder / "college")
    university = _institution(folder / "university")
    click.echo("\n2. Each issues a micro-credential with level and credits.")
    welding = _issue(college, WELDING, folder / "pipe-welding.json")
    statistics = _issue(university, STATISTICS, folder / "statistics.json")
    trust = folder / "trust.json"
    write_output(trust, serialize_json_for_people(_trust(college, university)))
    click.echo("\n3. An employer's verifier, another process without any key, looks at them.")
    for scene in (
        Scene("the welder's credential", welding, "valid"),
        Scene("the statistician's credential", statistics, "valid"),
        *_bad_copies(folder, college, university, welding),
    ):
        _verify(scene, trust)
    click.echo("\nEverything came out as it must.")


def _institution(folder: Path) -> StoredKey:
    if folder.exists():
        raise CommandError(f"{folder} is there already; choose an empty folder with --keep.")
    protection = KeyFileProtection.create(folder / "key-encryption.key")
    uri, record = FileKeyStore(folder).create(
        "signing", KeyType.ED25519, protection, created=composition.now()
    )
    click.echo(f"   {folder.name}: {record.controller}")
    return open_key(uri, lambda _record: protection)


def _issue(key: StoredKey, request: JsonObject, out: Path) -> Path:
    issuer = composition.issuer_for(key)
    now = composition.now()
    issued = issuer.issue(issuer.prepare(IssuanceRequest.from_json(request), now=now), now=now)
    write_output(out, issued.data)
    click.echo(f"   {request['issuer']['name']} issued “{request['achievement']['name']}”")
    return out


def _trust(*institutions: StoredKey) -> JsonObject:
    issuers = [{"id": key.record.controller} for key in institutions]
    return {"list": {"name": "the demonstration's list"}, "issuers": issuers}


def _bad_copies(
    folder: Path, college: StoredKey, university: StoredKey, welding: Path
) -> tuple[Scene, ...]:
    """Make what a verifier must refuse: a changed copy, an expired one, a false issuer's."""
    past = {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2023-01-01T00:00:00Z"}
    college_id = college.record.controller
    tampered = _copy(welding, folder / "tampered.json", _more_credits)
    expired = _unchecked(college, WELDING | past, college_id, folder / "expired.json")
    stranger = _unchecked(university, WELDING, college_id, folder / "wrong-issuer.json")
    return (
        Scene("a copy with 60 credits instead of 20", tampered, "invalid", "SIGNATURE_INVALID"),
        Scene("a credential that has expired", expired, "invalid", "EXPIRED"),
        Scene("one signed by another institution", stranger, "invalid", "ISSUER_MISMATCH"),
    )


def _unchecked(key: StoredKey, request: JsonObject, issuer: str, out: Path) -> Path:
    """Sign what an issuer would refuse to release."""
    document = composition.unsafe_sign_unchecked(key, IssuanceRequest.from_json(request), issuer)
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


def _verify(scene: Scene, trust: Path) -> None:
    """Verify in a process of its own, whose folder of keys does not exist."""
    command = [sys.executable, "-m", "tallystick", "verify", str(scene.file), "--json"]
    environment = {**os.environ, "TALLYSTICK_KEYS": os.devnull}
    finished = subprocess.run(
        [*command, "--trust", str(trust)], capture_output=True, env=environment, check=False
    )
    report = json.loads(finished.stdout)
    codes = {check["code"] for check in report["checks"]}
    if report["verdict"] != scene.verdict or (scene.code and scene.code not in codes):
        raise CommandError(f"{scene.title}: expected {scene.verdict} {scene.code}, got {report}")
    click.echo(f"   {scene.title}: {report['verdict'].upper()}")
    for check in report["checks"]:
        if (check["id"] == "value" and scene.verdict == "valid") or check["outcome"] == "failed":
            click.echo(f"      {check['detail']} [{check['code']}]")
