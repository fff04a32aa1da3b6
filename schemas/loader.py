"""Loading pinned data that ships with the package."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent

FONTS = ("NotoSans-Bold", "NotoSans-Regular", "NotoSerif-Bold")
"""The fonts that come along: subsets of Noto under the SIL Open Font License."""

_COMPILED = "reference-register.json"
_COMPILED_DIGEST = "reference-register.sha256"


class UnknownContextError(LookupError):
    """A JSON-LD context is not among the pinned ones."""


class DamagedDataError(RuntimeError):
    """A file of the installation does not have the bytes that its manifest pins."""


def load_context(url: str) -> dict[str, Any]:
    """Return the pinned document behind a context URL; callers share it and must not change it.

    Raises `UnknownContextError` for a URL that is not pinned (nothing is ever fetched) and
    `DamagedDataError` if the installed file was changed.
    """
    if url not in _contexts():
        raise UnknownContextError(
            f"The context {url} is not known to this software. Contexts are never fetched, since "
            "whoever serves a context decides what a signed credential means."
        )
    return _load(url)


def context_urls() -> frozenset[str]:
    """Name the contexts that a credential may use."""
    return frozenset(url for url, entry in _contexts().items() if entry["for"] == "production")


def vector_context_urls() -> frozenset[str]:
    """Name the contexts that exist for test vectors only."""
    return frozenset(_contexts()) - context_urls()


def context_digest(url: str) -> str:
    """Return the digest of the installed document behind a pinned context URL, as "sha256:HEX"."""
    return f"sha256:{_contexts()[url]['sha256']}"


def accepted_resource_digests(url: str) -> frozenset[str]:
    """Name the digests of every accepted edition of a resource, as "sha256:HEX", "sha384:HEX".

    Used to check `relatedResource` (VCDM 2.0 section 5.3) without fetching; an unknown resource
    has no digests.
    """
    entry = _contexts().get(url)
    if entry is None:
        return frozenset()
    digests = {f"sha256:{entry['official_sha256']}", f"sha256:{entry['sha256']}"}
    digests.add(f"sha384:{hashlib.sha384(_bytes(entry['file'])).hexdigest()}")
    digests.add(f"sha512:{hashlib.sha512(_bytes(entry['file'])).hexdigest()}")
    for edition in entry.get("further_editions", ()):
        digests |= {f"{name}:{edition[name]}" for name in ("sha256", "sha384") if name in edition}
    return frozenset(digests)


@cache
def json_schema(name: str) -> dict[str, Any]:
    """Return one of our JSON Schemas by its short name, such as "open-badge-credential"."""
    text = (_ROOT / "json" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def font(name: str) -> bytes:
    """Return a font that comes along (TrueType), by a name of `FONTS`; see fonts/OFL.txt."""
    return font_path(name).read_bytes()


def font_path(name: str) -> Path:
    """Return where a font is, for a library that reads it itself; raise `KeyError` for others."""
    if name not in FONTS:
        raise KeyError(name)
    return _ROOT / "fonts" / f"{name}.ttf"


@cache
def reference_register() -> dict[str, str]:
    """Return the source files of the reference register: name ("folder/file") to text."""
    root = _ROOT / "reference-register"
    files = {entry.name: entry for entry in root.iterdir() if entry.is_file()}
    for folder in root.iterdir():
        if folder.is_dir():
            files |= {f"{folder.name}/{entry.name}": entry for entry in folder.iterdir()}
    return {name: files[name].read_text(encoding="utf-8") for name in sorted(files)}


def compiled_reference_register() -> bytes:
    """Return what the files of the reference register say, read and checked in advance.

    `frameworks.register.compiled` reads it; `make reference-register` writes it anew.  Raises
    `DamagedDataError` if the installed file was changed.
    """
    data, pinned = _bytes_of(_COMPILED), _bytes_of(_COMPILED_DIGEST)
    if hashlib.sha256(data).hexdigest() != pinned.decode("ascii", "replace").strip():
        raise DamagedDataError(
            "The installed reference register was changed. Install this software again."
        )
    return data


def write_compiled_reference_register(data: bytes) -> None:
    """Write the compiled register with its digest, for those who change the source files."""
    (_ROOT / _COMPILED).write_bytes(data)
    (_ROOT / _COMPILED_DIGEST).write_text(f"{hashlib.sha256(data).hexdigest()}\n", "ascii")


@cache
def award_rules() -> dict[str, str]:
    """Return the example award rules: file name to text."""
    return _toml_files("award-rules")


@cache
def recognition_policies() -> dict[str, str]:
    """Return the example recognition policies: file name to text."""
    return _toml_files("recognition-policies")


def _toml_files(folder: str) -> dict[str, str]:
    entries = {entry.name: entry for entry in (_ROOT / folder).iterdir()}
    names = sorted(name for name in entries if name.endswith(".toml"))
    return {name: entries[name].read_text(encoding="utf-8") for name in names}


@cache
def _contexts() -> dict[str, dict[str, Any]]:
    text = (_ROOT / "contexts" / "manifest.json").read_text(encoding="utf-8")
    contexts: dict[str, dict[str, Any]] = json.loads(text)["contexts"]
    return contexts


@cache
def _load(url: str) -> dict[str, Any]:
    entry = _contexts()[url]
    data = _bytes(entry["file"])
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise DamagedDataError(
            f"The installed copy of {url} was changed. Install this software again."
        )
    document: dict[str, Any] = json.loads(data)
    return document


def _bytes(file: str) -> bytes:
    return _bytes_of(f"contexts/{file}")


def _bytes_of(file: str) -> bytes:
    return (_ROOT / file).read_bytes()
