"""What acts of oversight say of policies: which were adopted, which are suspended."""

from __future__ import annotations

from collections.abc import Sequence

from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json
from recognition.policies.credential import read_policy_credential
from recognition.policies.policy import Policy
from recognition.policies.versions import AdoptedVersion, Suspension
from recognition.register_of_decisions import Act, ActKind, PolicyName, suspension_of


def name_of(policy: Policy) -> PolicyName:
    """Name a policy as acts do."""
    return PolicyName(policy.id, policy.version, policy.digest)


def adopted_versions(acts: Sequence[Act]) -> tuple[AdoptedVersion, ...]:
    """Read the versions that were adopted, the oldest act first.

    Their signatures were verified when they were handed in; whether their adopters are still
    believed is for whoever asks.
    """
    return tuple(
        AdoptedVersion(
            act.sequence,
            read_policy_credential(without_proof(parse_json(act.document))).policy,
            act.said["adopter"],
            act.said["by"],
            act.recorded_at,
            suspension(act.subject, acts),
        )
        for act in acts
        if act.kind is ActKind.ADOPTION
    )


def suspension(digest: str, acts: Sequence[Act]) -> Suspension | None:
    """Tell who suspended a policy, if it is suspended."""
    act = suspension_of(digest, acts)
    return None if act is None else Suspension(act.said["by"], act.said["reason"], act.recorded_at)
