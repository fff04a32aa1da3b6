"""What we do in the comparison: from the bytes of a document to bytes or a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import schemas
from credentials import jcs
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.open_badges import class_findings
from credentials.proofs.cryptosuite import Cryptosuite, Environment
from credentials.proofs.ecdsa_sd_2023 import ECDSA_SD_2023
from credentials.proofs.proof_sets import secured_proofs
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022
from credentials.proofs.registry import CRYPTOSUITES, VERIFIED
from credentials.proofs.sd_deriving import derive
from credentials.strict_json import parse_json, serialize_json
from keys.did import MappingResolver
from keys.verification_key import KeyType, VerificationKey
from tools import bench_workload
from tools.bench_workload import NOW, Provider, request_for, sign
from tools.benchmarks.documents import provider_of
from verifier.checks.world import World
from verifier.report import Outcome, VerificationReport
from verifier.verifier import Verifier

Task = Callable[[str], object]


def tasks_for(workload: dict[str, Any]) -> dict[str, Task]:
    """Set everything up once, as a service does, and name what it can do."""
    edwards, nist = provider_of(), provider_of(KeyType.P256)
    world = replace(bench_workload.world([]), resolver=MappingResolver(workload["lists"]), now=NOW)
    selective = bench_workload.selective_suite(workload["mandatory"])
    verifier = Verifier(world)
    suites = {name: CRYPTOSUITES[name] for name in ("eddsa-rdfc-2022", "eddsa-jcs-2022")}
    return {
        "issue": _signing(edwards, suites["eddsa-rdfc-2022"]),
        "issue with all checks": _issuing(edwards, suites["eddsa-rdfc-2022"]),
        "jcs issue": _signing(edwards, suites["eddsa-jcs-2022"]),
        "ecdsa issue": _signing(nist, CRYPTOSUITES["ecdsa-rdfc-2019"]),
        "sd issue": _signing(nist, selective),
        "sd derive": _deriving(workload["disclosed"]),
        "verify": lambda text: _require_valid(verifier.check(text.encode())),
        "verify derived": lambda text: _require_proof(verifier.check(text.encode())),
        "verify proof": _proving(edwards.signer.verification_key),
        "verify proof of P-256": _proving(nist.signer.verification_key),
        **_stages(world),
    }


def _document(text: str) -> JsonObject:
    document = parse_json(text.encode())
    if not isinstance(document, dict):
        raise TypeError("A document of the workload is no object.")
    return document


def _signing(provider: Provider, suite: Cryptosuite) -> Task:
    """Read, sign and write, as the peers' `issue` does."""
    return lambda text: serialize_json(sign(_document(text), provider, suite))


def _issuing(provider: Provider, suite: Cryptosuite) -> Task:
    """Read, hold against all rules, rehearse, sign, verify with all checks, and write."""
    issuer = bench_workload.issuer_of(provider, suite)

    def issue(text: str) -> bytes:
        token = issuer.prepare(request_for(_document(text)), now=NOW)
        return issuer.issue(token, now=NOW).data

    return issue


def _deriving(pointers: list[str]) -> Task:
    """Derive from what was verified when it was received: the peer verifies nothing here either."""
    environment = Environment(schemas.load_context)
    return lambda text: serialize_json(
        derive(_document(text), pointers, environment, is_verified=True)
    )


def _proving(key: VerificationKey) -> Task:
    """Read, and verify the proof alone, with a key that is at hand."""
    environment = Environment(schemas.load_context)
    known = {**VERIFIED, ECDSA_SD_2023.name: ECDSA_SD_2023}

    def prove(text: str) -> str:
        (secured,) = secured_proofs(_document(text), limits=DEFAULT_LIMITS)
        suite = known[secured.proof["cryptosuite"]]
        suite.verify_proof_value(secured.document, secured.proof, key, environment)
        return "verified"

    return prove


def _require_valid(report: VerificationReport) -> str:
    report.raise_for_errors()
    return "valid"


def _require_proof(report: VerificationReport) -> str:
    """Require that a proof holds: what a holder leaves out keeps the verdict open."""
    proof = report.check("proof")
    if proof.outcome not in (Outcome.PASSED, Outcome.WARNING):
        raise ValueError(f"the proof does not hold: {proof}")
    return "proved"


def _stages(world: World) -> dict[str, Task]:
    """The parts of the work, for the comparison with what others do for each."""
    environment = Environment(world.load_context)
    return {
        "parse": _document,
        "serialize": lambda text: serialize_json(_known(text)),
        "canonicalize": lambda text: EDDSA_RDFC_2022.transformation(
            _known(text), environment, KeyType.ED25519
        ),
        "jcs": lambda text: jcs.canonicalize(_known(text)),
        "schema": lambda text: class_findings(_known(text), "OpenBadgeCredential"),
    }


_parsed: dict[str, JsonObject] = {}


def _known(text: str) -> JsonObject:
    """Parse a text once, so that a stage after parsing is measured alone."""
    if text not in _parsed:
        _parsed[text] = _document(text)
    return _parsed[text]
