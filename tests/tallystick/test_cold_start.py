"""Commands that are called for one credential load what that credential needs, and no more.

The rule: a module that one usual credential needs is loaded at the top of whoever uses it; one
that only some forms of credentials, some options or some answers need is loaded in the function
that comes to it.  A value that a command loads in any case is a named tuple where it can be: a
frozen dataclass takes Python four times as long to make.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.factories import sign, unsigned
from tests.project import ROOMS, ROOT
from tests.tallystick.conftest import Run, environment_of

HEAVY = {
    "alembic",
    "cbor2",
    "flask",
    "fontTools",
    "fpdf",
    "httpcore",
    "jsonschema",
    "numpy",
    "openpyxl",
    "ortools",
    "pyarrow",
    "pydantic",
    "pyld",
    "recognition",
    "sqlalchemy",
    "stacking",
    "werkzeug",
}
"""What other commands need: services, the database, the network, solving, decisions."""

NEEDLESS_OFFLINE = {
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "csv",
    "email.message",
    "frameworks.authorities",
    "frameworks.register.checking",
    "frameworks.register.edition",
    "frameworks.register.source_files",
    "http",
    "importlib.resources",
    "keys.nist_curves",
    "keys.signer",
    "keys.store",
    "credentials.baking.images",
    "credentials.linked_data.rdf_canonicalization",
    "credentials.linked_data.safe_mode",
    "credentials.jose",
    "credentials.proofs.ecdsa_sd_2023",
    "credentials.sd_jwt",
    "credentials.status",
    "multiprocessing",
    "service.fetching",
    "tallystick.receipts",
    "tallystick.register_files",
    "tallystick.streams",
    "tallystick.trust_files",
    "tempfile",
    "tomllib",
    "urllib.request",
    "verifier.grounds",
    "verifier.issuer_registries",
    "verifier.status_memory",
    "verifier.trust",
    "zipfile",
}
"""What a usual badge needs nothing of that is verified with no option but `--offline`."""

NEEDLESS_TO_ISSUE = {
    "credentials.proofs.ecdsa_sd_2023",
    "credentials.proofs.sd_deriving",
    "credentials.sd_jwt",
    "frameworks.authorities",
    "frameworks.register.checking",
    "frameworks.register.edition",
    "issuer.sd_jwt",
    "issuer.tokens",
    "service.fetching",
    "tallystick.register_files",
    "tallystick.streams",
    "tallystick.trust_files",
    "tomllib",
    "verifier.grounds",
    "verifier.sd_jwt",
    "verifier.trust",
}
"""What is not needed to issue a usual badge with no option but its key."""

MOST_OF_OURS = 165
"""How many modules of ours such a verification loads at most."""

PROGRAM = """
import sys
from tallystick.__main__ import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def modules_of(folder: Path, *arguments: object, is_sound: bool = True) -> set[str]:
    """Run a command in a process of its own; name the modules that it loaded."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=is_sound,
        cwd=folder,
        env=environment_of(folder, {}),
    )
    return set(finished.stderr.splitlines()[-1].split())


def loaded_by(folder: Path, *arguments: object, is_sound: bool = True) -> set[str]:
    """Run a command in a process of its own; name the packages that it loaded."""
    modules = modules_of(folder, *arguments, is_sound=is_sound)
    return {name.partition(".")[0] for name in modules}


def test_issuing_and_verifying_load_no_more_than_they_need(run: Run, tmp_path: Path) -> None:
    made = run("keys", "new", "institution").stdout.decode()
    key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    request, badge = ROOT / "docs/examples/welding.json", tmp_path / "badge.json"
    modules = modules_of(tmp_path, "issue", request, "--key", key, "--out", badge)
    assert modules & NEEDLESS_TO_ISSUE == set()
    issuing = {name.partition(".")[0] for name in modules}
    assert "issuer" in issuing
    assert issuing & (HEAVY - {"cbor2"}) == set()
    verifying = loaded_by(tmp_path, "verify", badge)
    assert "verifier" in verifying
    assert verifying & (HEAVY | {"issuer"}) == set()


def test_streams_load_no_more_than_they_need(run: Run, tmp_path: Path) -> None:
    lines = tmp_path / "badges.jsonl"
    lines.write_text('{"type": "nothing"}\n', encoding="utf-8")
    loaded = loaded_by(tmp_path, "verify", "--jsonl", lines, is_sound=False)
    assert "verifier" in loaded
    assert loaded & (HEAVY | {"issuer"}) == set()


def test_one_usual_badge_takes_few_modules(tmp_path: Path) -> None:
    badge = tmp_path / "badge.json"
    badge.write_text(json.dumps(sign(unsigned())), encoding="utf-8")
    modules = modules_of(tmp_path, "verify", badge, "--offline")
    assert "frameworks.register.register" in modules  # its value was held against the register
    assert modules & NEEDLESS_OFFLINE == set()
    ours = {name for name in modules if name.partition(".")[0] in ROOMS}
    assert 100 < len(ours) <= MOST_OF_OURS
