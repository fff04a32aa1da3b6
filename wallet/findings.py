"""What the verifier found of a credential, as far as a wallet keeps and shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from credentials.json_types import JsonObject

ANSWERS = (
    "valid",
    "issuer-not-known",
    "not-yet-valid",
    "expired",
    "suspended",
    "revoked",
    "undecided",
    "not-valid",
)
"""What a verification comes to, in the words of the verifier's page."""

SOUND = frozenset({"valid", "issuer-not-known"})
"""Answers of credentials that count for something now."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is not simply in order: how it weighs, its code, and what happened."""

    outcome: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Findings:
    """A verification for a wallet.

    `issuer` is an identifier and `issuer_name` what the issuer calls itself; `value` is that of the
    report (`verifier.report`); `form` says how it was received ("json", "token" or "image").
    """

    answer: str
    name: str = ""
    description: str = ""
    issuer: str = ""
    issuer_name: str = ""
    issuer_shown_as: str = ""
    subject: str = ""
    valid_from: str = ""
    valid_until: str = ""
    form: str = "json"
    is_credential: bool = True
    value: JsonObject | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Tell whether the credential can be relied on now, as far as was found out."""
        return self.answer in SOUND

    def to_json(self) -> JsonObject:
        """Write the findings to keep them."""
        return asdict(self)

    @classmethod
    def from_json(cls, members: JsonObject) -> Findings:
        """Read what `to_json` wrote."""
        reasons = tuple(Reason(**one) for one in members["reasons"])
        return cls(**{**members, "reasons": reasons})
