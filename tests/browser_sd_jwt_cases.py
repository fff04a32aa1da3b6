"""SD-JWTs with a W3C document in them, for the check on a device."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials.errors import TallystickError
from credentials.json_types import JsonObject, Place
from credentials.sd_jwt.disclosures import Disclosure
from credentials.sd_jwt.processing import Steps
from credentials.sd_jwt.serialization import SdJwt
from keys.multibase import base64url
from tests.browser_cases import Case
from tests.factories import NOW, STRANGER, sign, status_entry, unsigned
from tests.verifier.sd_jwts import badge_claims, issued, presented, signed_payload
from tests.verifier.shapes import HOSTILE, LISTS, all_places
from tests.verifier.test_w3c_sd_jwt import CREDENTIAL, PRESENTATION, hidden, presentation, w3c


def sd_jwts() -> Iterator[Case]:
    """Yield SD-JWTs that are whole, shown in part, of another type, and malformed."""
    for name, sd_jwt in {**_whole(), **_malformed()}.items():
        yield _case(name, sd_jwt)
    text = w3c(unsigned(), ("name",)).to_compact()
    for name, other in {
        "without its last tilde": text.removesuffix("~"),
        "with two tildes": text.replace("~", "~~", 1),
        "with space around": f" {text}\n",
        "with another letter": text.replace("~", "~\u00e4", 1),
        "in three hundred parts": text + "x~" * 300,
    }.items():
        yield Case(f"SD-JWT {name}", other.encode(), NOW, LISTS)


def _case(name: str, sd_jwt: SdJwt) -> Case:
    return Case(f"SD-JWT {name}", sd_jwt.to_compact().encode(), NOW, LISTS)


def _whole() -> dict[str, SdJwt]:
    badge = unsigned(credentialStatus=status_entry("7"))
    revoked = unsigned(credentialStatus=status_entry())
    shown = presentation(sign(unsigned()))
    made = {
        "of a badge": w3c(badge, ("credentialSubject", "id")),
        "of a revoked badge": w3c(revoked, ("name",)),
        "of a badge without an end": w3c(unsigned(validUntil=None), ("name",)),
        "of a badge and its status": w3c(badge, ("credentialStatus",)),
        "of a badge and a part of its status": w3c(badge, ("credentialStatus", "id")),
        "of a badge and its tags": w3c(badge, *_tags(0, 1, 2)),
        "of a presentation": w3c(shown, ("holder",), header=PRESENTATION, signer=STRANGER),
        "by another": w3c(badge, ("name",), signer=STRANGER),
        "of an ended badge": w3c(unsigned(validUntil="2026-02-01T00:00:00Z"), ("validUntil",)),
    }
    kept_back = {f"{name}, kept back": hidden(one) for name, one in made.items()}
    return {
        **made,
        **kept_back,
        "that its holder signed": presented(w3c({**badge, "cnf": badge_claims()["cnf"]})),
        "of the type of Tallystick": issued(),
        "of no type": issued(badge_claims(vct=None), ()),
        "of another type": issued(header={"typ": "JWT"}),
        "with a hidden end": issued(places=[("nbf",)]),
        "with a certificate": w3c(badge, ("name",), header={**CREDENTIAL, "x5c": ["x"]}),
        "with a key": w3c(badge, ("name",), header={**CREDENTIAL, "jwk": {}}),
        "with another content type": w3c(badge, ("name",), header={**CREDENTIAL, "cty": "vp"}),
        "with its type in capitals": w3c(badge, ("name",), header={"typ": "VC+SD-JWT"}),
    }


def _tags(*numbers: int) -> list[Steps]:
    return [("credentialSubject", "achievement", "tag", number) for number in numbers]


def _malformed() -> dict[str, SdJwt]:
    badge = w3c(unsigned(), ("name",), ("id",))
    first, second = badge.disclosures
    odd: list[Any] = [
        "x",
        ["s", "name"],
        ["s", 5, "x"],
        ["s", "_sd", "x"],
        ["s", "...", "x"],
        ["s", "name", None],
        ["s", "name", "\x07"],
        ["s", "name", 1e22],
        ["s", "a" * 600, "x"],
        ["s", "__proto__", {"type": []}],
        ["s", "@context", []],
        ["s", "name", {"_sd_alg": "sha-256"}],
        ["s", "name", {"...": "x"}],
        ["s", "name", {"a": [[[[[[[[[[[[[[[[[[[[[[["x"]]]]]]]]]]]]]]]]]]]]]]]}],
    ]
    made = {f"with the disclosure {str(parts)[:40]}": _with(parts) for parts in odd}
    algorithms = ("sha-512", "sha-1", 5, "toString")
    named = {f"hashed by {one}": _with(["s", "name", "x"], algorithm=one) for one in algorithms}
    return {
        **made,
        **named,
        "with a disclosure twice": replace(badge, disclosures=(first, second, first)),
        "with a disclosure of another": replace(badge, disclosures=(base64url(b'["a","b","c"]'),)),
        "with half a disclosure": replace(badge, disclosures=(first[:-4],)),
        "with one of two disclosures": replace(badge, disclosures=(second,)),
        "with digests that are none": _raw({**unsigned(), "_sd": [5]}),
        "with an element inside": _raw({**unsigned(), "name": {"...": "x"}}),
        "with a digest twice": _raw({**unsigned(name=None), "_sd": ["x", "x"]}),
        "with a claim that is there": _with(["s", "id", "urn:x:1"]),
        "with an odd element": _raw({**unsigned(), "type": [{"...": 5}]}),
    }


def _with(parts: Any, *, algorithm: Any = "sha-256") -> SdJwt:
    """Sign a badge with the digest of a disclosure, whatever that is."""
    from credentials.strict_json import serialize_json

    disclosure = Disclosure(base64url(serialize_json(parts)), None, None)
    known = algorithm if algorithm in ("sha-256", "sha-512") else "sha-256"
    payload = {**unsigned(name=None), "_sd": [disclosure.digest(known)], "_sd_alg": algorithm}
    return _raw(payload, disclosure.encoded)


def _raw(payload: JsonObject, *disclosures: str) -> SdJwt:
    return SdJwt(signed_payload(payload, header=CREDENTIAL), disclosures)


def mutated_sd_jwts(seed: int, count: int) -> Iterator[Case]:
    """Yield badges of which parts are hidden, shown and changed at random."""
    chance = random.Random(seed)
    badges = [unsigned(credentialStatus=status_entry("7")), unsigned(validUntil=None)]
    made = 0
    while made < count:
        badge = chance.choice(badges)
        places = [_steps(place) for place in chance.choices(all_places(badge)[1:], k=3)]
        try:
            sd_jwt = w3c(badge, *dict.fromkeys(places))
        except (TallystickError, LookupError, TypeError):
            continue
        made += 1
        shown = [one for one in sd_jwt.disclosures if chance.random() < 0.7]
        if shown and chance.random() < 0.2:
            odd = ["s", chance.choice(["id", "type", "x"]), chance.choice(HOSTILE)]
            shown[0] = Disclosure.make(*odd).encoded if chance.random() < 0.5 else shown[-1]
        name = f"mutated {made}: {places} {len(shown)}"
        yield _case(name, replace(sd_jwt, disclosures=tuple(shown)))


def _steps(place: Place) -> Steps:
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))
