"""What is measured: rows, each with our task and those of others on the same documents."""

from __future__ import annotations

from dataclasses import dataclass

from tools.benchmarks.documents import SIZES

OURS = "Tallystick"
DIGITALBAZAAR = "@digitalbazaar/vc"
DIGITALCREDENTIALS = "@digitalcredentials/vc"
WITHOUT_STATUS = "@digitalbazaar/vc, status waved through"
DCC_WITHOUT_STATUS = "@digitalcredentials/vc, status waved through"
PYLD = "PyLD"
OPENBADGESLIB = "openbadgeslib"
DIDKIT = "didkit"


@dataclass(frozen=True, slots=True)
class Contender:
    """One side of a row: the process that does it, and its task there."""

    name: str
    process: str
    task: str
    documents: str = ""
    """Documents of its own, where the side cannot take those of the row."""

    sets_the_ratio: bool = False
    """Whether it is a JavaScript peer that does the same, so that the best one is the measure."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured."""

    id: str
    title: str
    documents: str
    ours: str
    others: tuple[Contender, ...]
    target: float | None = None
    is_cold: bool = False
    """Each document is used once."""


def js(name: str, task: str, *, sets_the_ratio: bool = True) -> Contender:
    """Name a side in JavaScript."""
    return Contender(name, "js", task, sets_the_ratio=sets_the_ratio)


ISSUING = (
    js(DIGITALBAZAAR, "vc issue"),
    js(DIGITALCREDENTIALS, "dcc issue"),
    Contender(PYLD, "pyld", "issue"),
    Contender(OPENBADGESLIB, "python", "openbadgeslib issue", "plain"),
    Contender(DIDKIT, "python", "didkit issue", "plain"),
)
VERIFYING = (
    js(DIGITALBAZAAR, "vc verify"),
    js(DIGITALCREDENTIALS, "dcc verify"),
    js(WITHOUT_STATUS, "vc verify without status", sets_the_ratio=False),
    js(DCC_WITHOUT_STATUS, "dcc verify without status", sets_the_ratio=False),
    Contender(PYLD, "pyld", "verify"),
    Contender(OPENBADGESLIB, "python", "openbadgeslib verify", "signed plain"),
    Contender(DIDKIT, "python", "didkit verify", "plain"),
)
PROVING = (
    js(WITHOUT_STATUS, "vc verify without status"),
    js(DCC_WITHOUT_STATUS, "dcc verify without status"),
    Contender(PYLD, "pyld", "verify"),
)
ROWS = (
    Row(
        "issue_single",
        "issue: read, sign, write; every achievement another",
        "badges of many",
        "issue",
        ISSUING,
        20,
        is_cold=True,
    ),
    Row(
        "issue_checked",
        "issue with every rule, rehearsal and self-check",
        "badges",
        "issue with all checks",
        ISSUING[:2],
    ),
    Row(
        "issue_roster",
        "issue a roster of one achievement, one process",
        "badges",
        "issue",
        ISSUING[:2],
        45,
    ),
    Row("verify_same", "verify, one issuer, all checks", "signed", "verify", VERIFYING, 25),
    Row(
        "verify_mixed",
        "verify, every issuer another, each document once",
        "signed by many",
        "verify",
        VERIFYING[:3],
        18,
        is_cold=True,
    ),
    Row("verify_proof", "verify the proof alone", "signed", "verify proof", PROVING),
    Row(
        "jcs_issue",
        "eddsa-jcs-2022: issue",
        "plain",
        "jcs issue",
        (js(DIGITALBAZAAR, "jcs issue"),),
        6,
    ),
    Row(
        "jcs_verify",
        "eddsa-jcs-2022: verify, all checks",
        "signed by JCS",
        "verify",
        (js(DIGITALBAZAAR, "jcs verify"),),
        2.3,
    ),
    Row(
        "jcs_verify_proof",
        "eddsa-jcs-2022: verify the proof alone",
        "signed by JCS",
        "verify proof",
        (js(DIGITALBAZAAR, "jcs verify"),),
    ),
    Row(
        "ecdsa_issue",
        "ecdsa-rdfc-2019: issue",
        "without lists",
        "ecdsa issue",
        (js(DIGITALBAZAAR, "ecdsa issue"),),
    ),
    Row(
        "ecdsa_verify",
        "ecdsa-rdfc-2019: verify, all checks",
        "signed by ECDSA",
        "verify",
        (js(DIGITALBAZAAR, "ecdsa verify"),),
    ),
    Row(
        "sd_issue",
        "ecdsa-sd-2023: issue",
        "without lists",
        "sd issue",
        (js(DIGITALBAZAAR, "sd issue"),),
        8,
    ),
    Row(
        "sd_derive",
        "ecdsa-sd-2023: derive",
        "base",
        "sd derive",
        (js(DIGITALBAZAAR, "sd derive"),),
        20,
    ),
    Row(
        "sd_verify",
        "ecdsa-sd-2023: verify what was derived, all checks",
        "derived",
        "verify derived",
        (js(DIGITALBAZAAR, "sd verify"),),
        1.7,
    ),
    Row(
        "sd_verify_proof",
        "ecdsa-sd-2023: verify the proof alone",
        "derived",
        "verify proof of P-256",
        (js(DIGITALBAZAAR, "sd verify"),),
    ),
)
SIZE_ROWS = tuple(
    Row(
        f"size_{direction}_{size}",
        f"{direction} about {size:,} bytes" if size else f"{direction} the smallest",
        f"{documents}size {size}",
        task,
        (js(DIGITALBAZAAR, peer), Contender(PYLD, "pyld", direction)),
        is_cold=True,
    )
    for direction, documents, task, peer in (
        ("issue", "", "issue", "vc issue"),
        ("verify", "signed ", "verify", "vc verify without status"),
    )
    for size in SIZES
)
STAGES = tuple(
    Row(f"stage_{task}", title, documents, task, (Contender(other, "pyld", task),))
    for task, title, documents, other in (
        ("parse", "read JSON, no name twice", "signed", "json"),
        ("serialize", "write JSON", "signed", "json"),
        ("canonicalize", "JSON-LD to canonical N-Quads", "plain", PYLD),
        ("jcs", "canonical JSON (RFC 8785)", "plain", "rfc8785"),
        ("schema", "hold against the schema of Open Badges 3.0", "signed", "jsonschema"),
    )
)
