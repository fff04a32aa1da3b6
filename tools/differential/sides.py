"""The three sides that are compared: ours, jsonld.js with rdf-canonize, and PyLD."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyld import jsonld

import schemas
from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022
from keys.verification_key import KeyType
from tools.installing import PEERS

JSONLD_JS = Path(__file__).resolve().parent.parent / "peers" / "canonicalize.mjs"


BEYOND_LIMIT = "more work than rdf-canonize allows by default"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a side made of a document: canonical N-Quads, or why it refused."""

    n_quads: str | None
    refusal: str = ""
    """Why it refused; `BEYOND_LIMIT` where the text could only be had with more work allowed."""


def ours(document: JsonObject) -> Outcome:
    """Canonicalize as eddsa-rdfc-2022 does when it signs and verifies."""
    environment = Environment(schemas.load_context)
    try:
        return Outcome(EDDSA_RDFC_2022.transformation(document, environment, KeyType.ED25519))
    except CredentialError as error:
        return Outcome(None, error.code)


def pyld(document: JsonObject) -> Outcome:
    """Canonicalize by PyLD as it comes; whatever it answers malformed input with is a refusal."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": _load_for_pyld,
        "rdfDirection": "i18n-datatype",
    }
    try:
        return Outcome(jsonld.normalize(document, options))
    except (
        *(jsonld.JsonLdError, LookupError, TypeError, ValueError, AttributeError),
        *(RecursionError, OverflowError),
    ) as error:
        return Outcome(None, type(error).__name__)


def _load_for_pyld(url: str, _options: object) -> dict[str, Any]:
    document = schemas.load_context(url)
    return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}


class JsonLdJs:
    """jsonld.js and rdf-canonize in safe mode, in a process of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Talk with a process, which is given the contexts first."""
        self._process = process
        urls = schemas.context_urls() | schemas.vector_context_urls()
        self._write({url: schemas.load_context(url) for url in sorted(urls)})

    def send(self, documents: Sequence[JsonObject]) -> None:
        """Let it begin with some documents."""
        self._write(documents)

    def receive(self) -> list[Outcome]:
        """Wait for what came of those that were sent first."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SystemExit("jsonld.js ended before it had answered.")
        return [
            Outcome(answer)
            if isinstance(answer, str)
            else Outcome(answer.get("beyondLimit"), answer.get("refused", BEYOND_LIMIT))
            for answer in json.loads(line)
        ]

    def _write(self, value: object) -> None:
        if self._process.stdin is None:
            raise SystemExit("jsonld.js has no input.")
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()


@contextmanager
def json_ld_js() -> Iterator[JsonLdJs]:
    """Start jsonld.js with the pinned contexts; it fetches nothing."""
    PEERS.install_node()
    program = PEERS.node / JSONLD_JS.name
    program.write_bytes(JSONLD_JS.read_bytes())
    with subprocess.Popen(
        ["node", str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PEERS.node,
    ) as process:
        yield JsonLdJs(process)
        if process.stdin is not None:
            process.stdin.close()
