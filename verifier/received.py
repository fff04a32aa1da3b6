"""What is examined: a document, and the token that it came out of, if it came in one."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from verifier.checks.proof import ProofEvidence, check_proofs
from verifier.checks.world import World
from verifier.report import Remark


class Token(Protocol):
    """What secures a document from around it, in place of proofs inside it."""

    @property
    def party(self) -> str | None:
        """Who is said to have signed, if the token itself says it."""

    def check(
        self, document: JsonObject, world: World, purpose: str
    ) -> tuple[tuple[Remark, ...], tuple[ProofEvidence, ...]]:
        """Check the signature with a key that is for `purpose`, as `check_proofs` checks proofs.

        The evidence says in the terms of a proof what the token says, so that the same rules judge
        whose key it is, for what it was made, and when.
        """


class Received(NamedTuple):
    """A document to be examined; `token` is None if only proofs inside can secure it.

    `remarks` are what there is to say about the token's form and claims.
    """

    document: JsonObject
    token: Token | None = None
    remarks: tuple[Remark, ...] = ()


def check_securing(
    received: Received, world: World, environment: Environment, purpose: str
) -> tuple[tuple[Remark, ...], tuple[ProofEvidence, ...]]:
    """Check everything that secures a document: its token, and every proof inside it.

    A document in a token needs no proof; if it has one all the same, that must hold as well.
    """
    if received.token is None:
        return check_proofs(received.document, world, environment)
    remarks, evidence = received.token.check(received.document, world, purpose)
    if "proof" not in received.document:
        return remarks, evidence
    of_proofs, more = check_proofs(received.document, world, environment)
    return (*remarks, *of_proofs), (*evidence, *more)
