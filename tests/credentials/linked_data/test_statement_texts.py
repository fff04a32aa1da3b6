"""Statements taken apart as text are those that are read term by term."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import DataLossError
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.n_quads import parse_n_quads, serialize_n_quads
from credentials.linked_data.rdf import RDF_LANG_STRING, BlankNode, Iri, Literal, Quad
from credentials.linked_data.rdf_canonicalization import canonicalize, distinct_statements
from credentials.linked_data.skolemization import SKOLEM, labelled_statements, skolemize
from credentials.linked_data.statement_texts import labels_in, statements_in, statements_of_text
from credentials.proofs.sd_statements import Statements
from tests.factories import ENVIRONMENT, unsigned
from tests.soak import repetitions

NODES = st.sampled_from([Iri("urn:a"), Iri("https://e.example/b?c#d"), BlankNode("c14n0")])
TEXTS = st.text(
    st.sampled_from([*'"\\<>_:. \n\t@^ab', "é", "\u2028", "\x7f", "\U0001f600"]), max_size=9
)
LITERALS = (
    TEXTS.map(Literal)
    | TEXTS.map(lambda text: Literal(text, "urn:t"))
    | TEXTS.map(lambda text: Literal(text, RDF_LANG_STRING, "en-NZ"))
)
QUADS = st.builds(
    Quad, NODES, st.sampled_from([Iri("urn:p"), Iri("urn:q")]), NODES | LITERALS, st.none()
)


@settings(max_examples=repetitions(30, soak=150))
@given(st.lists(QUADS, min_size=1, max_size=6), st.booleans())
def test_lines_are_taken_apart_as_they_are_read(quads: list[Quad], in_graph: bool) -> None:
    if in_graph:
        quads = [*quads, Quad(Iri("urn:a"), Iri("urn:p"), Literal("x"), BlankNode("g"))]
    text = serialize_n_quads(quads)
    read = distinct_statements(parse_n_quads(text), DEFAULT_LIMITS)
    assert statements_of_text(text, DEFAULT_LIMITS) == read
    assert statements_in(text) == (() if in_graph else read)
    assert labels_in(read) == {one for quad in quads for one in _labels(quad)}


def _labels(quad: Quad) -> set[str]:
    terms = (quad.subject, quad.object, quad.graph)
    return {term.label for term in terms if isinstance(term, BlankNode)}


def with_list() -> dict[str, Any]:
    document = unsigned()
    description = document["credentialSubject"]["achievement"]["resultDescription"][0]
    return {
        **document,
        "credentialSubject": {
            **document["credentialSubject"],
            "achievement": {
                **document["credentialSubject"]["achievement"],
                "resultDescription": [{**description, "allowedValue": ["C", "B", "A"]}],
            },
        },
    }


@pytest.mark.parametrize("document", [unsigned(), with_list()])
def test_objects_keep_their_labels_whichever_way_is_taken(document: dict[str, Any]) -> None:
    """A list has nodes that are no objects, so that the terms are read one by one."""
    skolemized = skolemize(document)
    found = labelled_statements(skolemized, load_context=ENVIRONMENT.load_context)
    statements = Statements.of(document, bytes(32), ENVIRONMENT)
    assert len(statements.lines) == len(found)
    whole = statements.selected([""])
    for pointers in (
        ["/issuer"],
        ["/credentialSubject/achievement"],
        ["/credentialSubject/result"],
    ):
        chosen = statements.selected(pointers)
        assert chosen < whole == set(statements.lines)
        assert set(statements.label_map(pointers).values()) <= set(statements.labels.values())


def test_a_text_that_looks_like_an_id_of_ours_is_a_text() -> None:
    name = f"<{SKOLEM}0> _: <{SKOLEM}1> ."
    document = unsigned(name=name)
    statements = Statements.of(document, bytes(32), ENVIRONMENT)
    assert sum(name in line for line in statements.lines) == 1
    plain = labelled_statements(skolemize(document), load_context=ENVIRONMENT.load_context)
    assert len(plain) == len(statements.lines)


def test_an_id_of_ours_in_a_document_is_refused() -> None:
    for place in (f"{SKOLEM}0", f"{SKOLEM}1", f"{SKOLEM}999"):
        with pytest.raises(DataLossError) as caught:
            Statements.of(unsigned(id=place), bytes(32), ENVIRONMENT)
        assert caught.value.code in ("NOT_SELECTABLE", "NODE_SPLIT")


def test_the_labels_of_a_part_are_those_of_its_canonical_form() -> None:
    statements = Statements.of(unsigned(), bytes(32), ENVIRONMENT)
    part = ["/credentialSubject/achievement/alignment"]
    lines = "".join(sorted(statements.selected(part)))
    labels = canonicalize(parse_n_quads(lines)).labels
    assert {name: label for label, name in labels.items()} == statements.label_map(part)
