"""What the package says about itself is what is there."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from tests.project import IS_WHEEL, ROOMS, ROOT


def test_every_package_folder_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    if IS_WHEEL:
        found = {name for name in listed if files(name).joinpath("__init__.py").is_file()}
    else:
        found = {
            ".".join(path.parent.relative_to(ROOT).parts)
            for room in ROOMS
            for path in (ROOT / room).rglob("__init__.py")
        }
    assert found == listed


def test_data_files_are_installed() -> None:
    schemas = files("schemas")
    assert schemas.joinpath("contexts", "manifest.json").is_file()
    assert schemas.joinpath("contexts", "NOTICE.md").is_file()
    assert schemas.joinpath("json", "open-badges-3.0.schema.json").is_file()
    assert files("verifier").joinpath("py.typed").is_file()
