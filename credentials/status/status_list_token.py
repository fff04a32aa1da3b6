"""Status list tokens: a signed status list (draft-ietf-oauth-status-list section 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import MalformedValueError, StatusError
from credentials.jose.compact import CompactToken, TokenSigner, sign_token
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.numeric_dates import numeric_date, parse_numeric_date
from credentials.status.token_status_list import TokenStatusList
from credentials.strict_json import serialize_json

STATUS_LIST_TYPE = "statuslist+jwt"
"""The `typ` of a status list token."""

LONGEST_TIME_TO_LIVE = timedelta(days=3_650)
"""More than this is taken for a mistake of units."""


@dataclass(frozen=True, slots=True)
class StatusListToken:
    """What a status list token says; `issuer` only if it says so itself."""

    subject: str
    issued_at: datetime
    expires: datetime | None
    time_to_live: timedelta | None
    status_list: TokenStatusList
    issuer: str | None = None

    @classmethod
    def read(cls, token: CompactToken, limits: Limits = DEFAULT_LIMITS) -> StatusListToken:
        """Read a token whose signature is verified elsewhere.

        Obligations (section 5.1): 1. its type is `statuslist+jwt`; 2. it says which list it is
        (`sub`) and when it was made; 3. `exp` and `ttl` are of their kinds; 4. the list is read.

        Raises `StatusError` (STATUS_LIST_TYPE, STATUS_LIST_MALFORMED) and what reading the
        payload raises.
        """
        # 1.
        if token.header.get("typ") != STATUS_LIST_TYPE:
            raise StatusError(
                f"The status list is not a token of the type {STATUS_LIST_TYPE}.",
                code="STATUS_LIST_TYPE",
            )
        claims = token.claims(limits)
        # 2. to 4.
        return cls(
            subject=_text(claims.get("sub")),
            issued_at=_instant(claims.get("iat")),
            expires=_instant(claims["exp"]) if "exp" in claims else None,
            time_to_live=_duration(claims["ttl"]) if "ttl" in claims else None,
            status_list=TokenStatusList.from_json(claims.get("status_list"), limits),
            issuer=_text(claims["iss"]) if "iss" in claims else None,
        )

    def sign(self, signer: TokenSigner, *, key_id: str) -> str:
        """Write the token and sign it with the issuer's key, which `key_id` names."""
        claims: JsonObject = {
            "sub": self.subject,
            "iat": numeric_date(self.issued_at),
            "status_list": self.status_list.to_json(),
        }
        if self.issuer is not None:
            claims["iss"] = self.issuer
        if self.expires is not None:
            claims["exp"] = numeric_date(self.expires)
        if self.time_to_live is not None:
            claims["ttl"] = int(self.time_to_live.total_seconds())
        header = {"typ": STATUS_LIST_TYPE, "kid": key_id}
        return sign_token(header, serialize_json(claims), signer)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str) or not value:
        raise _malformed("it does not say which list it is, or whose")
    return value


def _instant(value: JsonValue) -> datetime:
    try:
        return parse_numeric_date(value)
    except MalformedValueError as error:
        raise _malformed("it does not say when it was made, or when it ends") from error


def _duration(value: JsonValue) -> timedelta:
    most = LONGEST_TIME_TO_LIVE.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise _malformed("its time to live is not a positive number of seconds")
    return timedelta(seconds=value)


def _malformed(why: str) -> StatusError:
    return StatusError(f"The status list cannot be read: {why}.", code="STATUS_LIST_MALFORMED")
