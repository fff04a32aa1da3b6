"""The table of docs/architecture.md, enforced: which room may import which, and touch what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOMS, ROOT, modules, skip_away_from_sources

MAY_IMPORT: dict[str, set[str]] = {
    "schemas": set(),
    "keys": {"schemas"},
    "credentials": {"keys", "schemas"},
    "frameworks": {"credentials", "schemas"},
    "stacking": {"frameworks", "credentials", "schemas"},
    "service": {"credentials", "schemas"},
    "issuer": {"keys", "credentials", "frameworks", "stacking", "service", "schemas"},
    "verifier": {"keys", "credentials", "frameworks", "stacking", "service", "schemas"},
    "recognition": {"credentials", "frameworks", "stacking", "service", "schemas"},
    "authority": {"credentials", "frameworks", "service", "schemas"},
    "wallet": {"keys", "credentials", "frameworks", "stacking", "service", "schemas"},
    "tallystick": {
        "authority",
        "issuer",
        "verifier",
        "recognition",
        "wallet",
        "service",
        "stacking",
        "frameworks",
        "credentials",
        "keys",
        "schemas",
    },
}
"""What a room may import besides itself.  A room that is not there yet has its row already."""

PRIVATE_HALF = {"keys.hardware", "keys.signer", "keys.signing_service", "keys.store"}
MAY_SEE_PRIVATE_HALF = {"issuer", "wallet", "tallystick"}

PURE = {"credentials", "frameworks", "stacking", "recognition", "verifier"}
"""Rooms without clock, chance, file, environment, process and network."""

PURE_CORES = {
    "recognition/cases.py",
    "recognition/deciding",
    "recognition/errors.py",
    "recognition/policies",
}
"""The same for parts of a room whose other parts keep things."""

WORLD = {
    "asyncio",
    "getpass",
    "glob",
    "importlib.resources",
    "multiprocessing",
    "os",
    "pathlib",
    "pkgutil",
    "random",
    "secrets",
    "shutil",
    "signal",
    "subprocess",
    "tempfile",
    "time",
    "uuid",
}
NETWORK = {
    "aiohttp",
    "ftplib",
    "h11",
    "http",
    "httpcore",
    "httpx",
    "requests",
    "select",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib.error",
    "urllib.request",
    "urllib3",
}
DATABASE = {"alembic", "psycopg", "sqlalchemy", "sqlite3"}
MAY_SEE_THE_DATABASE = (
    "service",
    "authority/store",
    "recognition/desk/store",
    "recognition/register_of_decisions",
    "issuer/issuing",
    "service/status_ledger",
    "issuer/store",
    "verifier/employer/store",
    "wallet/store",
)

MAY_SEE_THE_NETWORK = {"service", "tallystick"}
"""Whoever holds a private key makes no connection, so `keys` and `issuer` are not among these."""

CLOCKS = {"now", "utcnow", "today"}
WORLDLY_CALLS = {"open", "input", "print", "__import__"}


@pytest.fixture(autouse=True)
def only_beside_the_sources() -> None:
    skip_away_from_sources()


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, others: set[str]) -> bool:
    """Tell whether a dotted name is one of the others, or inside one."""
    parts = name.split(".")
    return any(".".join(parts[: end + 1]) in others for end in range(len(parts)))


def imports_of(rooms: set[str]) -> Iterator[tuple[Path, str]]:
    for path, tree in modules():
        if path.parts[0] in rooms:
            yield from ((path, name) for name in imports(tree))


def test_the_table_names_every_room() -> None:
    assert set(ROOMS) <= set(MAY_IMPORT)


def test_the_table_is_the_one_in_the_documentation() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d \| `(\w+)/` \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    stated = {room: set(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows}
    assert stated == MAY_IMPORT


def test_rooms_import_only_what_the_table_allows() -> None:
    wrong = [
        f"{path} imports {name}"
        for room in ROOMS
        for path, name in imports_of({room})
        if is_within(name, set(MAY_IMPORT) - MAY_IMPORT[room] - {room})
    ]
    assert wrong == []


def test_nothing_imports_the_tests() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imports_of(set(ROOMS))
        if is_within(name, {"tests"})
    ]
    assert wrong == []


def test_only_those_who_sign_import_private_keys() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imports_of(set(ROOMS) - MAY_SEE_PRIVATE_HALF)
        if is_within(name, PRIVATE_HALF)
        and not is_within(".".join(path.with_suffix("").parts), PRIVATE_HALF)
    ]
    assert wrong == []


def test_the_public_rooms_do_not_even_load_private_keys() -> None:
    """The rule above, for the whole chain of imports: what is loaded in a process of its own."""
    public = set(ROOMS) - MAY_SEE_PRIVATE_HALF - {"keys"}
    names = sorted(
        ".".join(path.with_suffix("").parts) for path, _ in modules() if path.parts[0] in public
    )
    assert names
    program = f"import sys\nfor name in {names}: __import__(name)\nprint(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(finished.stdout.split())
    assert set(names) <= loaded
    assert loaded & (PRIVATE_HALF | MAY_SEE_PRIVATE_HALF) == set()


def test_only_shared_plumbing_can_reach_the_network() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imports_of(set(ROOMS) - MAY_SEE_THE_NETWORK)
        if is_within(name, NETWORK)
    ]
    assert wrong == []


def test_only_registers_and_their_plumbing_know_the_database() -> None:
    seen = {path.as_posix() for path, name in imports_of(set(ROOMS)) if is_within(name, DATABASE)}
    assert seen
    assert [path for path in seen if not path.startswith(MAY_SEE_THE_DATABASE)] == []


def test_pure_rooms_touch_neither_clock_nor_file_nor_environment() -> None:
    wrong = []
    for path, tree in modules():
        if path.parts[0] in PURE or "/".join(path.parts[:2]) in PURE_CORES:
            wrong += [f"{path} imports {name}" for name in imports(tree) if is_within(name, WORLD)]
            wrong += [f"{path}:{line} {what}" for line, what in _worldly_acts(tree)]
    assert wrong == []


def test_every_pure_core_is_there() -> None:
    known = {"/".join(path.parts[:2]) for path, _tree in modules()}
    assert known >= PURE_CORES


def test_the_migrations_are_one_chain() -> None:
    """Two rooms that each add the next number agree with their merges, and with no database."""
    stated = r'^revision = "(\d+)"$.^down_revision = (?:"(\d+)"|None)$'
    files = (ROOT / "service" / "migrations" / "versions").glob("m*.py")
    texts = [path.read_text(encoding="utf-8") for path in sorted(files)]
    found = [re.search(stated, text, re.MULTILINE | re.DOTALL) for text in texts]
    steps = [one.groups() for one in found if one is not None]
    assert len(steps) == len(texts) > 20
    numbers = [number for number, _before in steps]
    assert len(set(numbers)) == len(numbers)
    (last,) = set(numbers) - {before for _number, before in steps}
    assert {before for _number, before in steps} == {None, *numbers} - {last}


def _worldly_acts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and _is_clock(node.value):
            yield node.lineno, "reads a clock"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WORLDLY_CALLS:
            yield node.lineno, "opens, asks or prints"


def _is_clock(node: ast.expr) -> bool:
    """Recognise datetime and date, however they were imported."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("datetime", "date")
