"""What jsonld.js makes of the first documents of the corpus, kept for `make test`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tools.differential.corpus import made
from tools.differential.sides import json_ld_js
from tools.installing import PEERS, ROOT

DOCUMENTS = 600
RECORD = ROOT / "tests" / "credentials" / "linked_data" / "recorded_differential.json"


def digest(text: str) -> str:
    """Shorten a text to a digest that tells documents apart (64 bits of SHA-256)."""
    # Half a character (a lone surrogate) has no bytes in UTF-8; here it only has to be kept apart.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_of_corpus(documents: int) -> str:
    """Tell whether the corpus is still the one that was recorded."""
    text = "".join(json.dumps(made(number).document) for number in range(documents))
    return digest(text)


def record(path: Path = RECORD) -> None:
    """Write what jsonld.js in safe mode makes of each: a digest of its text, or null."""
    with json_ld_js() as js:
        js.send([made(number).document for number in range(DOCUMENTS)])
        texts = [outcome.n_quads for outcome in js.receive()]
    content = {
        "made_by": "make differential-record",
        "jsonld": PEERS.version_of("jsonld"),
        "rdf-canonize": PEERS.version_of("rdf-canonize"),
        "documents": digest_of_corpus(DOCUMENTS),
        "outcomes": [text if text is None else digest(text) for text in texts],
    }
    path.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
