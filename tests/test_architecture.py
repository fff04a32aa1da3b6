"""The table of docs/architecture.md, enforced: which room may import which."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.project import ROOMS, modules, skip_away_from_sources

MAY_IMPORT = {
    "schemas": set(),
    "keys": {"schemas"},
    "credentials": {"keys", "schemas"},
    "issuer": {"keys", "credentials", "schemas"},
    "verifier": {"keys", "credentials", "schemas"},
    "tallystick": {"issuer", "keys", "credentials", "schemas", "verifier"},
}

PRIVATE_HALF = {"keys.signer", "keys.store"}
MAY_SEE_PRIVATE_HALF = {"issuer", "tallystick"}

PURE = ("credentials", "verifier")
WORLDLY = {
    "asyncio",
    "getpass",
    "http",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "urllib",
    "uuid",
}
CLOCKS = {"now", "utcnow", "today"}


@pytest.fixture(autouse=True)
def only_beside_the_sources() -> None:
    skip_away_from_sources()


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_table_names_every_room() -> None:
    assert set(MAY_IMPORT) == set(ROOMS)


def test_rooms_import_only_what_the_table_allows() -> None:
    wrong = []
    for path, tree in modules():
        room = path.parts[0]
        for name in imports(tree):
            other = name.partition(".")[0]
            if other in MAY_IMPORT and other != room and other not in MAY_IMPORT[room]:
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_only_those_who_sign_see_private_keys() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules()
        for name in imports(tree)
        if name in PRIVATE_HALF
        and path.parts[0] not in MAY_SEE_PRIVATE_HALF
        and str(path).removesuffix(".py").replace("/", ".") not in PRIVATE_HALF
    ]
    assert wrong == []


def test_the_core_and_the_verifier_touch_neither_clock_nor_file_nor_network() -> None:
    wrong = []
    for path, tree in modules():
        if path.parts[0] not in PURE:
            continue
        wrong += [f"{path} imports {name}" for name in imports(tree) if name in WORLDLY]
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS and _is_clock(node):
                wrong.append(f"{path}:{node.lineno} reads a clock")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("open", "input"):
                wrong.append(f"{path}:{node.lineno} opens a file")
    assert wrong == []


def _is_clock(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
