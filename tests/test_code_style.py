"""House rules that a machine can check."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT, modules, skip_away_from_sources, tracked_files

FUNCTION_LINES = 40
MODULE_LINES = 400
MEDIAN_LINES = 10

LONGER_FUNCTIONS: dict[str, str] = {}
"""Functions over the limit ("room/module.py:Class.function"), each with its reason."""

BROAD_EXCEPT: dict[str, str] = {
    "tallystick/command.py": "main: a defect must not end in a status that means a verdict",
}
"""Modules that may catch `Exception`, each with its reason: the outermost handler of an edge."""

WITHOUT_FLOAT = {"frameworks", "recognition", "stacking"}
"""Rooms that compute credits and hours; there a float would be a wrong amount."""

REGISTRIES = [
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "npm" + "js.org",
    "npm" + "js.com",
    "registry." + "yarnpkg",
    "crates" + ".io",
    "anaconda" + ".org",
]
MACHINES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/fa" + "rm/", "/Us" + "ers/"]

OPEN_END = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
TRACKER = re.compile(r"\b(?:issue|session|ticket)s? #?\d+\b", re.IGNORECASE)
SECRETS = (
    re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY"),
    re.compile("secretKeyMulti" + r'base\\?"\s*:\s*\\?"z'),
    re.compile(r'"d"\s*:\s*"[A-Za-z0-9_-]{43,86}"'),
)
"""Private keys as PEM, as Multikey and as JWK."""


@pytest.fixture(autouse=True)
def only_beside_the_sources() -> None:
    skip_away_from_sources()


def functions() -> Iterator[tuple[str, int]]:
    """Yield every function with its full name and its length in lines."""
    for path, tree in modules():
        yield from _functions(tree, f"{path}:")


def _functions(parent: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{prefix}{node.name}", node.end_lineno - node.lineno + 1
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        else:
            yield from _functions(node, prefix)


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the project."""
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_functions_are_short() -> None:
    lengths = list(functions())
    too_long = {name for name, lines in lengths if lines > FUNCTION_LINES}
    assert too_long == set(LONGER_FUNCTIONS)
    assert statistics.median(lines for _name, lines in lengths) <= MEDIAN_LINES


def test_modules_are_short() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path, _tree in modules()
    }
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_there_is_no_assert_outside_tests() -> None:
    assert [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ] == []


def test_there_is_no_broad_except() -> None:
    assert [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and str(path) not in BROAD_EXCEPT
    ] == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(handler.type)}
    return bool({"Exception", "BaseException"} & names)


def test_credits_are_never_floats() -> None:
    assert [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        if path.parts[0] in WITHOUT_FLOAT
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and _makes_a_float(node)
    ] == []


def _makes_a_float(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def test_every_module_says_what_it_is_for() -> None:
    assert [str(path) for path, tree in modules() if not ast.get_docstring(tree)] == []


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    wrong = [
        f"{path}: {word}"
        for path, text in texts()
        for word in (*REGISTRIES, *MACHINES)
        if word in text
    ]
    assert wrong == []


def test_no_file_holds_a_private_key() -> None:
    assert [
        str(path) for path, text in texts() if any(secret.search(text) for secret in SECRETS)
    ] == []


def test_no_file_has_an_open_end_or_speaks_of_a_tracker() -> None:
    assert [
        f"{path}: {found.group()}"
        for path, text in texts()
        for found in (*OPEN_END.finditer(text), *TRACKER.finditer(text))
    ] == []


def test_the_checks_above_see_something() -> None:
    """A check over nothing would always pass."""
    assert len(list(modules())) > 20
    assert len(list(functions())) > 100
    assert len(list(texts())) > 50
