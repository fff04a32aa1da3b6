"""Every reason that the verifier can give is explained, in every language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.pages.languages import LANGUAGES, read_catalogue
from tests.project import ROOT, modules, skip_away_from_sources
from verifier.pages.reasons import BY_CHECK, BY_CHECK_REMARKED, BY_CHECK_UNDECIDED, BY_CODE
from verifier.pages.showing import CHECKS, IN_ORDER, NOT_ASKED, TONES
from verifier.report import CHECK_IDS, Outcome

ROOMS = ("credentials", "frameworks", "keys", "verifier")
ELSEWHERE = re.compile(
    r"""verifier/(pages|employer|web)/ | keys/(signing_service/|hardware|store|files|signer|pem)
    | credentials/certificates/(page|contents|wording|tagged_pdf)\.py | jose/writing
    | credentials/baking/(artwork|drawing|fonts|lettering|raster|vector)\.py | webvh/signing
    | frameworks/(cases|rating|register)/ | level_credit/writer | sd_jwt/(hiding|presenting)
    | proofs/sd_deriving
    | verifier/(bundles|registers|receipts|refreshing|trust|status_memory|grounds)\.py""",
    re.VERBOSE,
)
"""Modules that no verification of one credential runs, or whose codes stand in no report."""

NEVER_AGAINST = frozenset(
    {
        *("AWARD_COMPLETE", "AWARD_RECOMPUTED", "COMPONENT_VALID", "ENDORSEMENT_VALID", "IN_SCOPE"),
        *("NOTHING_PRESENTED", "NOT_REACHED", "NO_AWARD", "NO_CONTEXT", "NO_ENDORSEMENTS"),
        *("NO_RECIPIENT_EXPECTED", "NO_RELATED_RESOURCES", "NO_RESOURCES", "NO_STATUS"),
        *("NO_TRUST_LIST", "NO_VALUE_STATED", "OPENED_IMAGE", "OPENED_PDF"),
    }
)
"""Codes of what is in order, or was not asked."""

TOLD_OTHERWISE = frozenset(
    {
        *("ISSUANCE_ERROR", "KEY_PERMISSIONS", "REGISTRY_MALFORMED", "SIGNER_REFUSED"),
        *("SIGNER_UNREACHABLE", "STATEMENT_REFUSED", "TOML_UNREADABLE", "TRUST_FILE_MALFORMED"),
        *("WRONG_PASSPHRASE",),
    }
)
"""Codes that stand in no remark: they are told as part of another one, or only at the desk."""

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|REVOKED|SUSPENDED|EXPIRED|UNRESOLVABLE")


def texts(node: ast.AST | None) -> Iterator[str]:
    for one in () if node is None else ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def codes_of(tree: ast.Module) -> set[str]:
    """Collect what stands where a code is given: arguments, `code = …`, tables and constants."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = [text for one in node.keywords if one.arg == "code" for text in texts(one)]
            given = [one.value for one in node.args if isinstance(one, ast.Constant)]
            found |= {one for one in (*named, *given) if isinstance(one, str)}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found |= set(texts(node.value)) if isinstance(node.value, ast.Constant) else set()
        elif isinstance(node, ast.Dict | ast.Tuple):
            children = ast.iter_child_nodes(node)
            found |= {
                text for one in children if isinstance(one, ast.Constant) for text in texts(one)
            }
    return {one for one in found if CODE.fullmatch(one)}


def reportable() -> set[str]:
    found: set[str] = set()
    for path, tree in modules(ROOMS):
        if not ELSEWHERE.search(path.as_posix()):
            found |= codes_of(tree)
    return found


def test_every_code_that_can_be_reported_has_an_explanation_of_its_own() -> None:
    skip_away_from_sources()
    found = reportable()
    assert len(found) > 400
    assert sorted(found - BY_CODE.keys() - NEVER_AGAINST - TOLD_OTHERWISE) == []


def remarks(value: Any, member: str = "code") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if member in value and "outcome" in value:
            yield str(value["outcome"]), str(value[member])
        for one in value.values():
            yield from remarks(one, member)
    elif isinstance(value, list):
        for one in value:
            yield from remarks(one, member)


def test_every_code_that_was_ever_recorded_is_explained() -> None:
    recorded = json.loads((ROOT / "tests/recorded_reports.json").read_text(encoding="utf-8"))
    against = {outcome.value for outcome in TONES}
    codes = {code for outcome, code in remarks(recorded) if outcome in against}
    assert len(codes) > 50
    assert sorted(codes - BY_CODE.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.tag)
def test_every_explanation_is_said_in_every_language(language: Any) -> None:
    catalogue = read_catalogue("verifier.pages", language)
    for table in (BY_CODE, BY_CHECK, BY_CHECK_UNDECIDED, BY_CHECK_REMARKED):
        for code, one in table.items():
            for text in (one.meaning, one.owner.value, one.action):
                message = catalogue.get(text)
                assert message is not None, (code, text)
                assert message.string, (code, text)
                assert message.string != text, (code, text)


def test_every_check_has_its_words_whatever_its_outcome() -> None:
    for table in (CHECKS, IN_ORDER, BY_CHECK, BY_CHECK_UNDECIDED, BY_CHECK_REMARKED):
        assert set(table) == set(CHECK_IDS)
    assert NOT_ASKED.keys() <= set(CHECK_IDS)
    assert set(TONES) == set(Outcome) - {Outcome.PASSED, Outcome.SKIPPED}
