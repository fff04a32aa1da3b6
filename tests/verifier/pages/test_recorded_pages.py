"""The pages say what was recorded and looked at: every text and every link.

After looking at what is different, record anew with:
TALLYSTICK_RECORD=1 pytest tests/verifier/pages/test_recorded_pages.py
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from tests.factories import LEARNER, STRANGER, sign, unsigned, world
from tests.verifier import legacy_badges as legacy
from tests.verifier.pages.samples import (
    TRUST,
    documents,
    drop,
    page_service,
    registers,
    samples,
    the_page,
)
from tests.verifier.sd_jwts import issued
from tests.verifier.test_awards import record
from tests.verifier.tokens import badge_token

FILE = Path(__file__).with_name("recorded_pages.json")
RECORDING = bool(os.environ.get("TALLYSTICK_RECORD"))
V2 = "https://www.w3.org/ns/credentials/v2"
LONG = "https://poly.example/" + "x" * 3_000


def telling() -> JsonObject:
    """Build a badge that says all that a page shows."""
    document = deepcopy(unsigned(description="Of the badge."))
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["criteria"] = {
        "id": "https://poly.example/criteria",
        "narrative": "**Three** welds.",
    }
    outcome = {
        "type": ["Alignment"],
        "targetName": "Reads drawings",
        "targetDescription": "Of pipes.",
        "targetUrl": "https://poly.example/outcomes/1",
        "targetCode": "W1",
        "targetFramework": "Welders",
    }
    bare = {"type": ["Alignment"], "targetName": "Bare", "targetUrl": "urn:x:y"}
    achievement["alignment"] += [outcome, bare]
    grade = {"id": "urn:x:grade", "type": ["ResultDescription"], "name": "Grade"}
    achievement["resultDescription"].append({**grade, "resultType": "LetterGrade"})
    status = {"id": "urn:x:state", "type": ["ResultDescription"], "name": "State"}
    achievement["resultDescription"].append({**status, "resultType": "Status"})
    subject["result"] += [
        {"type": ["Result"], "resultDescription": "urn:x:grade", "value": "A"},
        {"type": ["Result"], "resultDescription": "urn:x:state", "status": "Completed"},
    ]
    weld = {"id": "https://poly.example/weld.jpg", "type": ["Evidence"], "name": "Weld"}
    document["evidence"] = [
        {**weld, "narrative": "A weld.", "description": "Not shown."},
        {"id": "urn:x:other", "type": ["Evidence"], "name": "Other", "description": "Shown."},
        {"id": "urn:x:parts", "type": ["Evidence"], "digestMultibase": "uEiA", "name": "Part"},
    ]
    document["endorsement"] = [endorsement("1"), {**endorsement("2"), "name": "changed"}]
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": "sha256$" + "0a" * 32,
            "identityType": "emailAddress",
        }
    ]
    document["awardedDate"] = "2026-01-10T00:00:00Z"
    return document


def endorsement(number: str, **issuer: Any) -> JsonObject:
    achievement = unsigned()["credentialSubject"]["achievement"]["id"]
    document = {
        "@context": unsigned()["@context"],
        "id": f"urn:x:endorsement:{number}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": LEARNER, "type": ["Profile"], "name": "Guild", **issuer},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialSubject": {
            "id": achievement,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Sound welds.",
        },
    }
    return sign(document, signer=STRANGER)


def presented() -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [sign(unsigned()), {**sign(unsigned()), "name": "Forged"}],
    }
    return sign(document, signer=STRANGER, proof_purpose="authentication")


def odd() -> JsonObject:
    """Build a badge in whose members stands what nobody expects there."""
    document = unsigned(validUntil=None, validFrom="2026", description=5, awardedDate=LONG)
    document["credentialSubject"] = [
        {"achievement": {"criteria": LONG, "alignment": [5, {"targetName": 5}], "name": ["x"]}},
        {"achievement": {"criteria": "second"}},
    ]
    return {**document, "evidence": ["https://poly.example/plain", "urn:x:y", {"type": "x"}]}


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    **{answer.value: (lambda data=data: data) for answer, data in samples().items()},
    "telling": lambda: serialize_json(sign(telling())),
    "award": lambda: serialize_json(record()),
    "presentation": lambda: serialize_json(presented()),
    "odd": lambda: serialize_json(odd()),
    "token": badge_token,
    "SD-JWT": lambda: issued().to_compact().encode(),
    "legacy badge": lambda: serialize_json(legacy.assertion()),
    "no credential": lambda: b"hello \x00",
    "text": lambda: b"hello",
}


@pytest.fixture(scope="module")
def service() -> OpenAPI:
    def a_world() -> Any:
        known = {**legacy.published(), **documents()}
        return world(known, trust=TRUST, registers=registers())

    return page_service(the_page(world=a_world))


@pytest.fixture
def client(service: OpenAPI) -> FlaskClient:
    """Return a client that has chosen nothing yet."""
    return service.test_client()


def texts_of(page: str) -> list[str]:
    """Read a page as its texts and links, line by line, and the beginning of the document."""
    body = page.partition("<body")[2].partition(">")[2]
    body = re.sub(r"(<pre[^>]*>.{,200}).*?(</pre>)", r"\1\2", body, flags=re.DOTALL)
    linked = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>', r" [\1] ", body)
    lines = html.unescape(re.sub(r"<[^>]*>", "\n", linked)).splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def answers(client: FlaskClient, name: str) -> dict[str, Any]:
    """Ask for everything that a page says of a file."""
    data = DOCUMENTS[name]()
    told = {
        "": texts_of(drop(client, data)),
        "framework": texts_of(drop(client, data, framework="ie-nfq")),
        "recipient": texts_of(drop(client, data, recipient=LEARNER, framework="nz-nzqcf")),
    }
    return {"": told[""], **{key: differing(told[""], one) for key, one in told.items() if key}}


def differing(usual: list[str], lines: list[str]) -> list[str]:
    return [line for line in lines if line not in usual]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_pages_say_what_was_recorded(client: FlaskClient, name: str) -> None:
    require_recorded(name, answers(client, name))


def test_tables_say_what_was_recorded(client: FlaskClient) -> None:
    files = [DOCUMENTS[name]() for name in sorted(DOCUMENTS)]
    told = {
        "page": texts_of(drop(client, *files)),
        "one answer": texts_of(drop(client, *files, show="not-valid")),
        "empty": texts_of(client.get("/").get_data(as_text=True)),
    }
    require_recorded("several", told)


def require_recorded(name: str, told: Any) -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if RECORDING:
        recorded[name] = told
        text = json.dumps(recorded, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        FILE.write_text(text, encoding="utf-8")
    assert told == recorded[name]
