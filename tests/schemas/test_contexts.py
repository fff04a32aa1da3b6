"""Pinned contexts: the right bytes, and nothing else."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

import schemas
from schemas import loader

REQUIRED = {
    "https://www.w3.org/2018/credentials/v1",
    "https://www.w3.org/ns/credentials/v2",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/suites/ed25519-2020/v1",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
}


def manifest() -> dict[str, dict[str, str]]:
    text = files("schemas").joinpath("contexts", "manifest.json").read_text(encoding="utf-8")
    contexts: dict[str, dict[str, str]] = json.loads(text)["contexts"]
    return contexts


def test_the_required_contexts_are_pinned_and_load() -> None:
    assert schemas.context_urls() >= REQUIRED
    for url in schemas.context_urls() | schemas.vector_context_urls():
        assert "@context" in schemas.load_context(url)


def test_contexts_that_define_everything_are_for_vectors_only() -> None:
    examples = "https://www.w3.org/ns/credentials/examples/v2"
    assert schemas.vector_context_urls() == {examples}
    assert examples not in schemas.context_urls()


def test_contexts_equal_the_official_ones(conformance: Path) -> None:
    official = json.loads((conformance / "contexts/manifest.json").read_text())["entries"]
    for url, entry in manifest().items():
        if entry["taken_from"] == "ours":
            continue
        theirs = (conformance / "contexts" / official[url]["file"]).read_bytes()
        ours = files("schemas").joinpath("contexts", entry["file"]).read_bytes()
        assert hashlib.sha256(ours).hexdigest() == entry["sha256"]
        assert hashlib.sha256(theirs).hexdigest() == entry["official_sha256"]
        assert json.loads(ours) == json.loads(theirs)
        assert (ours == theirs) is (entry["equality"] == "byte-equal"), url


def test_the_published_open_badges_context_is_the_one_that_is_pinned() -> None:
    entry = manifest()["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    assert entry["sha256"] == "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.com/context",
        "https://www.w3.org/ns/credentials/V2",
        "https://www.w3.org/ns/credentials/v2/",
        "http://www.w3.org/ns/credentials/v2",
        "../manifest.json",
    ],
)
def test_an_unknown_context_is_an_error(url: str) -> None:
    with pytest.raises(schemas.UnknownContextError):
        schemas.load_context(url)
    assert schemas.accepted_resource_digests(url) == frozenset()


def test_a_changed_file_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    loader._load.cache_clear()
    monkeypatch.setattr(loader, "_bytes", lambda _file: b'{"@context": {}}')
    with pytest.raises(schemas.DamagedDataError):
        schemas.load_context("https://www.w3.org/ns/credentials/v2")
    loader._load.cache_clear()


def test_a_changed_reference_register_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = loader._bytes_of
    damaged = read("reference-register.json").replace(b"level", b"Level", 1)
    monkeypatch.setattr(
        loader, "_bytes_of", lambda file: damaged if file.endswith(".json") else read(file)
    )
    with pytest.raises(schemas.DamagedDataError, match="Install this software again"):
        schemas.compiled_reference_register()


def test_both_editions_of_the_credentials_context_are_accepted_as_linked_resource() -> None:
    digests = schemas.accepted_resource_digests("https://www.w3.org/ns/credentials/v2")
    for digest in (
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
    ):
        assert f"sha256:{digest}" in digests
