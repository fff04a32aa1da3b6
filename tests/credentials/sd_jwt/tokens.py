"""Making SD-JWTs for tests, sound ones and wrong ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from credentials.jose.compact import read_token, sign_token, verify_token
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.sd_jwt.disclosures import Disclosure
from credentials.sd_jwt.hiding import Hiding, hide
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from tests.factories import SIGNER

TYPE = "example+sd-jwt"


def salts() -> Callable[[], str]:
    """Give a source of salts that are all different, and the same in each run."""
    numbers = itertools.count()
    return lambda: base64url(next(numbers).to_bytes(16, "big"))


def hiding(**changes: Any) -> Hiding:
    return Hiding(**{"new_salt": salts(), **changes})


def signed(payload: JsonObject, signer: Any = SIGNER, **header: Any) -> str:
    return sign_token({"typ": TYPE, **header}, serialize_json(payload), signer)


def issue(
    claims: JsonObject, disclosable: Iterable[Steps] = (), *, signer: Any = SIGNER, **changes: Any
) -> SdJwt:
    payload, disclosures = hide(claims, disclosable, hiding(**changes))
    return SdJwt(signed(payload, signer), tuple(one.encoded for one in disclosures))


def issue_raw(payload: JsonObject, *disclosures: Disclosure | str) -> SdJwt:
    """Sign a payload as it is, and send disclosures with it that may fit or not."""
    encoded = [one if isinstance(one, str) else one.encoded for one in disclosures]
    return SdJwt(signed(payload), tuple(encoded))


def opened(sd_jwt: SdJwt, limits: Limits = DEFAULT_LIMITS, key: Any = SIGNER) -> ProcessedPayload:
    """Verify the issuer's signature and process the disclosures."""
    token = read_token(sd_jwt.issuer_jwt.encode(), limits=limits)
    verify_token(token, key.verification_key)
    return process(token.claims(limits), sd_jwt.disclosures, limits)
