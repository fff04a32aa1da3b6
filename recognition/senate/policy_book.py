"""The policies that the Senate's pages know: adopted ones, and those by which the desk decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recognition.desk.policy_words import read_signed
from recognition.oversight.adopting import adopted_versions, suspension
from recognition.policies.policy import Policy
from recognition.policies.versions import AdoptedVersion, Suspension
from recognition.senate.services import SenateServices
from service.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """A policy as the pages know it.

    `version` is how it was handed in here, if it was; `document` is the signed policy;
    `used_for` names what the desk decides by it; `is_believed` tells whether its adopter is.
    """

    policy: Policy
    document: bytes
    version: AdoptedVersion | None = None
    used_for: tuple[str, ...] = ()
    suspension: Suspension | None = None
    is_believed: bool = True

    @property
    def digest(self) -> str:
        """Name its text."""
        return self.policy.digest


def known_policies(services: SenateServices) -> dict[str, KnownPolicy]:
    """Read all policies, by the digests of their texts; those handed in last come first."""
    acts = services.register.acts.all()
    documents = {act.sequence: act.document for act in acts}
    found: dict[str, KnownPolicy] = {}
    for version in reversed(adopted_versions(acts)):
        found[version.policy.digest] = KnownPolicy(
            version.policy,
            documents[version.number],
            version,
            suspension=version.suspension,
            is_believed=services.is_believed(version.adopter),
        )
    for title, data in services.in_use().items():
        policy = read_signed(data)
        if policy is not None:
            known = found.get(policy.digest) or KnownPolicy(policy, data)
            found[policy.digest] = replace(
                known,
                used_for=(*known.used_for, title),
                suspension=suspension(policy.digest, acts),
                is_believed=services.is_believed(policy.adoption.id),
            )
    return found


def find(known: Mapping[str, KnownPolicy], digest: str) -> KnownPolicy:
    """Find a policy; raise `NotFoundError`."""
    if digest not in known:
        raise NotFoundError("There is no such policy here.")
    return known[digest]
