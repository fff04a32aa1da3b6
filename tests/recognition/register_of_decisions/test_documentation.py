"""What docs/register-of-decisions.md shows is run, what it lists is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from recognition.register_of_decisions import RegisterOfDecisions, chain, register
from service import writing
from tests.project import ROOT
from tests.recognition.register_of_decisions.test_chain import fill, unguard


def documentation() -> str:
    return (ROOT / "docs" / "register-of-decisions.md").read_text(encoding="utf-8")


def recheck(database: Engine) -> subprocess.CompletedProcess[str]:
    """Run the program of the documentation, which imports nothing of ours."""
    program = re.search(r"```python\n(.*?)```", documentation(), re.DOTALL)
    assert program is not None
    return subprocess.run(
        [sys.executable, "-I", "-c", program[1], str(database.url.database)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_program_of_the_documentation_rechecks_a_register(database: Engine) -> None:
    kept = RegisterOfDecisions(database)
    fill(kept)
    finished = recheck(database)
    assert finished.stdout.split() == [str(kept.checkpoint().count), kept.checkpoint().head.hex()]
    unguard(database)
    with writing(database) as connection:
        connection.execute(text("UPDATE decision_entries SET payload = x'7b7d' WHERE sequence = 2"))
    assert recheck(database).stderr.strip() == "entry 2 is not what was written"


def test_every_code_of_a_broken_chain_is_explained() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", documentation(), re.MULTILINE))
    sources = "".join(
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (chain, register)
    )
    assert rows == set(re.findall(r'code="([A-Z_]+)"', sources))
