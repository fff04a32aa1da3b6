"""Commands that are called for one credential load what that credential needs, and no more."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.project import ROOT
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

PROGRAM = """
import sys
from tallystick.command import tallystick
status = tallystick.main(sys.argv[1:], standalone_mode=False)
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(status or 0)
"""


def loaded_by(folder: Path, *arguments: object, is_sound: bool = True) -> set[str]:
    """Run a command in a process of its own; name the packages that it loaded."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=is_sound,
        cwd=folder,
        env=environment_of(folder, {}),
    )
    return set(finished.stderr.split())


def test_issuing_and_verifying_load_no_more_than_they_need(run: Run, tmp_path: Path) -> None:
    made = run("keys", "new", "institution").stdout.decode()
    key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    request, badge = ROOT / "docs/examples/welding.json", tmp_path / "badge.json"
    issuing = loaded_by(tmp_path, "issue", request, "--key", key, "--out", badge)
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
