"""Issuing in two steps: prepare (build and check), then sign exactly what was prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from credentials.errors import IssuanceError
from credentials.findings import Finding
from credentials.json_types import JsonObject, copied
from credentials.proofs.cryptosuite import Cryptosuite, Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.strict_json import serialize_json_for_people
from issuer.lint import lint
from issuer.proofs import notes_on, require_together, with_contexts_for
from issuer.requests import Fresh, Request
from issuer.values import ValuePolicy, register_findings
from keys.signer import SECRET_BYTES, PrivateKeySigner, Signer
from keys.verification_key import KeyType

SelfCheck = Callable[[bytes], None]
"""The verifier, given from outside: returns if it would accept these bytes, raises if not."""


Status = Callable[[str], JsonObject]
"""Gives the credential of an id its credentialStatus, and keeps which it gave."""


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """Who issues, with which key, and which proofs it makes.

    `suite` makes the first proof; each of `further_suites` makes another one, in a proof set.
    """

    issuer: str
    verification_method: str
    suite: Cryptosuite
    allowed_contexts: frozenset[str]
    value_policy: ValuePolicy | None = None
    """How values are held against registers; without one they are only checked in themselves."""

    further_suites: tuple[Cryptosuite, ...] = ()
    is_generic: bool = False
    """Whether any credential is signed, with contexts of its own, and not only Open Badges."""

    def __post_init__(self) -> None:
        """Refuse proofs that do not go together (`issuer.proofs.require_together`)."""
        require_together(self.suites)

    @property
    def suites(self) -> tuple[Cryptosuite, ...]:
        """The suites of all proofs, in their order."""
        return (self.suite, *self.further_suites)


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A released credential: the document, and its exact bytes."""

    document: JsonObject
    data: bytes
    warnings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class IssuanceToken:
    """Permission to sign one prepared document once; only `Issuer.prepare` makes one."""

    issuer: Issuer
    document: JsonObject
    warnings: tuple[Finding, ...]
    _is_spent: bool = field(default=False, init=False)

    def spend(self, issuer: Issuer) -> JsonObject:
        """Hand out the prepared document, the first time and to the same issuer only."""
        if self._is_spent or issuer is not self.issuer:
            raise IssuanceError(
                "What was prepared can be issued once, by whoever prepared it.",
                code="TOKEN_NOT_USABLE",
            )
        self._is_spent = True
        return self.document


class Issuer:
    """Signs micro-credentials for one institution with one key."""

    def __init__(
        self,
        profile: IssuerProfile,
        signer: Signer,
        environment: Environment,
        *,
        fresh: Fresh,
        self_check: SelfCheck,
    ) -> None:
        """Take who issues, the signer, and the world: pinned contexts, fresh ids, the verifier."""
        self._profile = profile
        self._signer = signer
        self._environment = environment
        self._fresh = fresh
        self._self_check = self_check

    def prepare(self, request: Request, *, now: datetime) -> IssuanceToken:
        """Build the exact document, check it, and rehearse signing it.

        The rehearsal signs with a throw-away key: it finds what only signing finds, before the
        real key is touched.  Raises `LintError`, `SchemaError` or `IssuanceError`.
        """
        built = request.build(issuer=self._profile.issuer, now=now, fresh=self._fresh)
        document = with_contexts_for(self._profile.suites, copied(built))
        found, document = self._appraise(document, now)
        return self._rehearse(document, found, now)

    def with_status(self, token: IssuanceToken, status: Status, *, now: datetime) -> IssuanceToken:
        """Prepare the same credential anew with a status, which is asked for by its id.

        It is asked for only after everything else was found in order, and before anything is
        signed.  Raises `IssuanceError` (STATUS_STATED_ALREADY) besides what `prepare` raises.
        """
        document = token.spend(self)
        if "credentialStatus" in document:
            raise IssuanceError(
                "The credential states a status already; leave it out to have one of a list.",
                code="STATUS_STATED_ALREADY",
                pointer="/credentialStatus",
            )
        if "id" not in document:
            text = "A credential that can be withdrawn needs an id; put one into it."
            raise IssuanceError(text, code="ID_MISSING", pointer="/id")
        stated = {**document, "credentialStatus": status(document["id"])}
        return self._rehearse(stated, token.warnings, now)

    def _rehearse(
        self, document: JsonObject, found: tuple[Finding, ...], now: datetime
    ) -> IssuanceToken:
        warnings = lint(
            document,
            allowed_contexts=self._profile.allowed_contexts,
            environment=self._environment,
            further=(*found, *notes_on(self._profile.suites, document)),
            is_generic=self._profile.is_generic,
        )
        self._sign(document, _throw_away_signer(self._signer.verification_key.key_type), now)
        return IssuanceToken(self, document, tuple(dict.fromkeys(warnings)))

    def issue(self, token: IssuanceToken, *, now: datetime) -> IssuedCredential:
        """Sign what was prepared, have the verifier check it, and only then release it.

        Raises `IssuanceError` (TOKEN_NOT_USABLE) and whatever the self-check raises.
        """
        document = self._sign(token.spend(self), self._signer, now)
        data = serialize_json_for_people(document)
        self._self_check(data)
        return IssuedCredential(document, data, token.warnings)

    def issue_sd_jwt(
        self, token: IssuanceToken, *, now: datetime, status: JsonObject | None = None
    ) -> IssuedCredential:
        """Sign what was prepared as an SD-JWT VC that is derived from it (docs/sd-jwt-vc.md).

        `status` is its claim of that name; `document` of the result is the Open Badge it was
        derived from, which nobody signed.  Raises `DataLossError` before anything is signed,
        `IssuanceError` (TOKEN_NOT_USABLE), and whatever the self-check raises.
        """
        from issuer.sd_jwt import derived_claims, sign_claims

        claims = derived_claims(token.document, now=now, status=status)
        document = token.spend(self)
        sd_jwt = sign_claims(
            claims,
            self._signer,
            key_id=self._profile.verification_method,
            new_salt=self._fresh.salt,
        )
        data = sd_jwt.to_compact().encode("ascii")
        self._self_check(data)
        return IssuedCredential(document, data, token.warnings)

    def _appraise(
        self, document: JsonObject, now: datetime
    ) -> tuple[tuple[Finding, ...], JsonObject]:
        policy = self._profile.value_policy
        if policy is None:
            return (), document
        return register_findings(document, policy, now.date())

    def _sign(self, document: JsonObject, signer: Signer, now: datetime) -> JsonObject:
        options = ProofOptions(
            verification_method=self._profile.verification_method,
            created=now.replace(microsecond=0),
        )
        for suite in self._profile.suites:
            document = add_proof(
                document,
                suite=suite,
                signer=signer,
                options=options,
                environment=self._environment,
            )
        return document


@cache
def _throw_away_signer(key_type: KeyType) -> PrivateKeySigner:
    """A key of the same kind that everybody knows; what it signs is thrown away."""
    return PrivateKeySigner(key_type, bytes(range(SECRET_BYTES[key_type])))
