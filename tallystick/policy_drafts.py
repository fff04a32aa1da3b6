"""Policies in files: drafts in TOML, examples that come along, and signed ones."""

from __future__ import annotations

from pathlib import Path

import schemas
from credentials.proofs.cryptosuite import without_proof
from recognition.policies.credential import read_policy_credential
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy
from tallystick.files import read_json_object, read_text


def read_draft(name: str) -> Policy:
    """Read a draft from a file, or an example by its name."""
    text = schemas.recognition_policies().get(f"{name}.toml")
    return read_policy(read_text(name) if text is None or Path(name).exists() else text)


def is_draft(name: str) -> bool:
    """Tell a draft or an example from a signed policy, by its name."""
    return name.endswith(".toml") or f"{name}.toml" in schemas.recognition_policies()


def read_unchecked(name: str) -> Policy:
    """Read a draft, an example, or a signed policy whose signature is not checked."""
    if is_draft(name):
        return read_draft(name)
    return read_policy_credential(without_proof(read_json_object(name))).policy
