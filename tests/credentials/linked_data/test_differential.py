"""The first documents of the differential corpus, against what jsonld.js in safe mode made of them.

The whole corpus, and the sides themselves, are run by `make differential`.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project import skip_away_from_sources

RECORD = Path(__file__).with_name("recorded_differential.json")


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    skip_away_from_sources()
    recorded: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return recorded


@pytest.fixture(autouse=True)
def quiet_library() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # PyLD warns of what looks like a keyword
        yield


def test_the_corpus_is_the_one_that_was_recorded(record: dict[str, Any]) -> None:
    from tools.differential.recording import digest_of_corpus

    assert digest_of_corpus(len(record["outcomes"])) == record["documents"]


def test_what_we_sign_is_what_others_sign_and_nothing_that_they_refuse(
    record: dict[str, Any],
) -> None:
    from tools.differential.classes import FROM_JSONLD_JS, REFUSALS
    from tools.differential.corpus import made
    from tools.differential.recording import digest
    from tools.differential.sides import ours

    equal = 0
    for number, theirs in enumerate(record["outcomes"]):
        document = made(number).document
        outcome = ours(document)
        if outcome.n_quads is None:
            assert theirs is None or any(
                outcome.refusal in one.codes and one.is_in(document) for one in REFUSALS
            ), number
        elif digest(outcome.n_quads) == theirs:
            equal += 1
        else:
            assert theirs is not None, number
            assert any(one.without(document) != document for one in FROM_JSONLD_JS), number
    assert equal > len(record["outcomes"]) * 0.4


def test_two_empty_lists_are_one_statement() -> None:
    """Number 32,746 of the corpus; jsonld.js writes the statement twice."""
    skip_away_from_sources()
    from tools.differential.classes import FROM_JSONLD_JS
    from tools.differential.corpus import made
    from tools.differential.sides import ours

    document = made(32_746).document
    text = ours(document).n_quads
    assert text is not None
    assert text.count("validFrom> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .") == 1
    (known,) = (one for one in FROM_JSONLD_JS if one.id == "repeated-empty-list")
    assert known.without(document)["validFrom"] == [{"@list": []}]
    assert ours(known.without(document)).n_quads == text
