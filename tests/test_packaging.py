"""What the package says about itself is what is there."""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
from importlib.metadata import distribution, packages_distributions
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import IS_WHEEL, ROOMS, ROOT, listed_packages, metadata

DATA = ("authority", "issuer", "recognition", "schemas", "service", "verifier", "wallet")
"""Rooms with data files beside their modules."""

NOT_IMPORTED = {"flask-openapi3-swagger"}
"""Requirements that another one loads by itself."""

OPTIONAL = {"distributed", "pyarrow", "python-pkcs11"}
"""What is imported only by those who installed an extra for it."""

NOT_PUBLISHED = {"__pycache__"}


def constraints() -> dict[str, str]:
    """Read requirements/constraints.txt: exactly one version for each name."""
    text = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8")
    lines = [re.fullmatch(r"([\w.-]+)==([\w.!+-]+)", line) for line in text.splitlines()]
    assert None not in lines, "only lines like name==version"
    pairs = [(canonicalize_name(line[1]), line[2]) for line in lines if line]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def requirements() -> list[Requirement]:
    project = metadata()["project"]
    stated = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        stated += extra
    return [Requirement(line) for line in stated]


def distributions_imported() -> set[str]:
    """Name the distributions that product code imports, by the names of their top-level modules."""
    modules = {
        name.partition(".")[0]
        for room in ROOMS
        for path in Path(str(files(room))).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
        )
    }
    known = packages_distributions()
    # An extra may not be installed here; its module has the name of its distribution, then.
    outside = modules - set(ROOMS) - set(sys.stdlib_module_names) - OPTIONAL
    return {canonicalize_name(known[name][0]) for name in outside}


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    stated = {
        canonicalize_name(Requirement(line).name) for line in metadata()["project"]["dependencies"]
    }
    assert distributions_imported() - OPTIONAL == stated - NOT_IMPORTED


def test_migrations_follow_each_other_in_one_line() -> None:
    """Each follows another one, whatever its number: they are numbered before they are done."""
    texts = sorted(files("service.migrations.versions").iterdir(), key=str)
    before = {}
    for path in texts:
        if path.name.startswith("m"):
            text = path.read_text(encoding="utf-8")
            found = re.findall(r'^(?:down_)?revision = "?(\w+)"?$', text, re.M)
            assert path.name.startswith(f"m{found[0]}_")
            before[found[0]] = found[1]
    line = ["None"]
    while followers := [one for one, earlier in before.items() if earlier == line[-1]]:
        (one,) = followers
        line.append(one)
    assert sorted(line[1:]) == sorted(before)


def test_every_package_folder_is_listed() -> None:
    if IS_WHEEL:
        found = {name for name in listed_packages() if (files(name) / "__init__.py").is_file()}
    else:
        found = {
            ".".join(path.parent.relative_to(ROOT).parts)
            for room in ROOMS
            for path in (ROOT / room).rglob("__init__.py")
        }
    assert found == set(listed_packages())


def test_every_data_file_is_published() -> None:
    """Beside the sources: each file matches a glob.  In the wheel: each glob has brought some."""
    globs = metadata()["tool"]["setuptools"]["package-data"]
    for room in DATA:
        folder = Path(str(files(room)))
        matched = {path for glob in globs[room] for path in folder.glob(glob) if path.is_file()}
        assert all(any(folder.glob(glob)) for glob in globs[room])
        there = {
            path
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".py" and not NOT_PUBLISHED & set(path.parts)
        }
        assert there == matched | {folder / "py.typed"}


def test_only_rooms_with_data_have_files_that_are_no_modules() -> None:
    assert [
        str(path)
        for room in set(ROOMS) - set(DATA)
        for path in Path(str(files(room))).rglob("*")
        if path.is_file()
        and path.suffix != ".py"
        and path.name != "py.typed"
        and not NOT_PUBLISHED & set(path.parts)
    ] == []


def test_every_room_is_typed() -> None:
    assert [room for room in ROOMS if not files(room).joinpath("py.typed").is_file()] == []


def test_the_installed_distribution_is_this_one() -> None:
    project = metadata()["project"]
    installed = distribution("tallystick")
    assert installed.version == project["version"]
    assert installed.metadata["License-Expression"] == project["license"] == "Apache-2.0"
    scripts = {point.name: point.value for point in installed.entry_points}
    assert scripts == project["scripts"] == {"tallystick": "tallystick.__main__:main"}


def test_licence_and_notices_are_published() -> None:
    stated = metadata()["project"]["license-files"]
    assert {"LICENSE", "NOTICE"} <= set(stated)
    assert distribution("tallystick").metadata.get_all("License-File") == stated
    if not IS_WHEEL:
        assert [name for name in stated if not (ROOT / name).is_file()] == []


def test_the_wheel_is_tested_and_not_the_sources() -> None:
    if not IS_WHEEL:
        pytest.skip("nothing to find out beside the sources")
    installed = Path(sysconfig.get_path("purelib")).resolve()
    for room in ROOMS:
        assert Path(str(files(room))).resolve().parent == installed


def test_requirements_are_bounded_and_the_tested_versions_satisfy_them() -> None:
    tested = constraints()
    for requirement in requirements():
        assert canonicalize_name(requirement.name) in tested
        assert tested[canonicalize_name(requirement.name)] in requirement.specifier
        assert "<" in str(requirement.specifier), f"{requirement} has no upper bound"
