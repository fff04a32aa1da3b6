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
"""Functions over the limit, with the reason."""

REGISTRIES = [
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "npm" + "js.org",
    "npm" + "js.com",
    "registry." + "yarnpkg",
]
MACHINES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]


@pytest.fixture(autouse=True)
def only_beside_the_sources() -> None:
    skip_away_from_sources()


def functions() -> Iterator[tuple[str, int]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{path}:{node.name}", node.end_lineno - node.lineno + 1


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_functions_are_short() -> None:
    lengths = dict(functions())
    too_long = {name for name, lines in lengths.items() if lines > FUNCTION_LINES}
    assert too_long == set(LONGER_FUNCTIONS)
    assert statistics.median(lengths.values()) <= MEDIAN_LINES


def test_modules_are_short() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path, _tree in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_there_is_no_assert_outside_tests_and_no_broad_except() -> None:
    wrong = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert):
                wrong.append(f"{path}:{node.lineno} assert")
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                wrong.append(f"{path}:{node.lineno} broad except")
    assert wrong == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    names = (
        [node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)]
        if (handler.type)
        else ["Exception"]
    )
    return bool({"Exception", "BaseException"} & set(names))


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


def test_no_file_holds_a_secret_or_an_open_end() -> None:
    secret = re.compile("-----BEGIN [A-Z ]*PRIVATE" + r" KEY|secretKeyMultibase\"\s*:\s*\"z")
    open_end = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    wrong = [str(path) for path, text in texts() if secret.search(text) or open_end.search(text)]
    assert wrong == []
