"""Parts of checks "proof", "issuer" and "recipient": who presents an SD-JWT VC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from credentials.errors import (
    SECURITY_PROBLEM,
    CredentialError,
    IndeterminateError,
    MalformedValueError,
)
from credentials.json_types import JsonObject
from credentials.numeric_dates import parse_numeric_date
from credentials.sd_jwt.confirmation import Holder, holder_of, key_in
from credentials.sd_jwt.key_binding import KeyBinding, read_key_binding
from credentials.sd_jwt.processing import ProcessedPayload
from credentials.sd_jwt.serialization import SdJwt
from keys.errors import KeyMaterialError, UnresolvableError
from verifier.checks.controllers import controller_of
from verifier.checks.document import of_error
from verifier.checks.world import World, passed, skipped
from verifier.report import Outcome, Remark


@dataclass(frozen=True, slots=True)
class HolderEvidence:
    """Remarks on whoever presents, by check, and the holder's key if it signed."""

    proof: tuple[Remark, ...] = ()
    issuer: tuple[Remark, ...] = ()
    holder: Holder | None = None


def check_key_binding(sd_jwt: SdJwt, processed: ProcessedPayload, world: World) -> HolderEvidence:
    """Check that whoever presents has the key that the credential is bound to.

    Obligations (RFC 9901 section 7.3):

    1. key binding is required if and only if a nonce or an audience is expected; whether a key
       binding JWT came does not decide that;
    2. if it is required, one came;
    3. one that came is signed with the key in `cnf`, for exactly this SD-JWT, required or not;
    4. nonce and audience are the expected ones;
    5. it is neither too old, nor from the future, nor outside the time that it names itself.

    One that was not required binds to nothing that the reader set, and may be a copy: that is told.
    """
    # 1. and 2.
    is_required = world.expected_challenge is not None or world.expected_domain is not None
    if sd_jwt.key_binding_jwt is None:
        return HolderEvidence(proof=tuple(_missing())) if is_required else HolderEvidence()
    # 3.
    try:
        holder = holder_of(processed.claims, lambda owner: controller_of(owner, world), world.now)
        binding = read_key_binding(sd_jwt, holder.key, processed.algorithm, world.limits)
    except UnresolvableError as error:
        remark = Remark(Outcome.INDETERMINATE, "HOLDER_KEY_UNRESOLVED", str(error), "/cnf/kid")
        return HolderEvidence(proof=(remark,))
    except KeyMaterialError as error:
        return HolderEvidence(proof=(Remark(Outcome.FAILED, error.code, str(error), "/cnf/kid"),))
    except IndeterminateError as error:
        return HolderEvidence(proof=(of_error(error, Outcome.INDETERMINATE),))
    except CredentialError as error:
        return HolderEvidence(proof=(of_error(error),))
    text = "Whoever presents this has signed it with the key that the credential is bound to."
    # 4. and 5.
    remarks = (*_answer(binding, world), *_times(binding, world, is_required=is_required))
    return HolderEvidence((passed(text),), tuple(remarks), holder)


def check_holder(evidence: HolderEvidence, learner: str | None) -> tuple[Remark, ...]:
    """Say whether whoever presents is the one whom the credential is about, as far as is shown."""
    if evidence.holder is None:
        text = "It was not shown that whoever presents this is the one whom it is about."
        return (skipped("HOLDER_NOT_SHOWN", text),)
    if learner is None:
        return (passed("The issuer bound the credential to the key of whoever presents it."),)
    if learner == evidence.holder.identifier or key_in(learner) == evidence.holder.key:
        return (passed("Whoever presents the credential is the one whom it is about."),)
    text = "Who presents this credential is not, or not provably, the one that it is about."
    return (Remark(Outcome.WARNING, "HOLDER_NOT_SUBJECT", text),)


def _missing() -> Iterator[Remark]:
    text = "You asked for a presentation signed by its holder, and nobody signed this one."
    yield Remark(Outcome.FAILED, "KEY_BINDING_MISSING", text)


def _answer(binding: KeyBinding, world: World) -> Iterator[Remark]:
    if world.expected_challenge is None:
        text = "No nonce was set, so this presentation could be a copy of an earlier one."
        yield Remark(Outcome.WARNING, "CHALLENGE_NOT_CHECKED", text)
    elif binding.nonce != world.expected_challenge:
        text = "The presentation does not answer the nonce that was set: it may be a replay."
        yield _failed(text, "INVALID_CHALLENGE_ERROR")
    if world.expected_domain is None:
        text = "No audience was named, so this presentation could be meant for somebody else."
        yield Remark(Outcome.WARNING, "AUDIENCE_NOT_CHECKED", text)
    elif binding.audience != world.expected_domain:
        yield _failed("The presentation was made for another audience.", "INVALID_DOMAIN_ERROR")


def _failed(text: str, code: str) -> Remark:
    return Remark(Outcome.FAILED, code, text, "", SECURITY_PROBLEM + code)


def _times(binding: KeyBinding, world: World, *, is_required: bool) -> Iterator[Remark]:
    age, limits = world.now - binding.issued_at, world.limits
    tolerance = timedelta(seconds=limits.clock_tolerance_seconds)
    if -age > tolerance:
        text = "The presentation is dated later than now."
        yield Remark(Outcome.FAILED, "KEY_BINDING_IN_FUTURE", text)
    if age - tolerance > timedelta(seconds=limits.key_binding_seconds):
        text = f"The presentation was signed more than {limits.key_binding_seconds} seconds ago."
        outcome = Outcome.FAILED if is_required else Outcome.WARNING
        yield Remark(outcome, "KEY_BINDING_STALE", text)
    yield from _own_period(binding.claims, world, tolerance)


def _own_period(claims: JsonObject, world: World, tolerance: timedelta) -> Iterator[Remark]:
    """Respect `nbf` and `exp` of the token itself, if it has them (RFC 7519 section 4.1)."""
    for name in ("nbf", "exp"):
        if name not in claims:
            continue
        try:
            moment = parse_numeric_date(claims[name])
        except MalformedValueError as error:
            yield of_error(error)
            continue
        late = world.now - moment if name == "exp" else moment - world.now
        if late > tolerance:
            text = "The presentation is outside the time for which its holder signed it."
            yield Remark(Outcome.FAILED, "KEY_BINDING_PERIOD", text)
