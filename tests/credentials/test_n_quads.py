"""N-Quads: what is read, what is refused, and the canonical way of writing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import MalformedValueError, ParsingError
from credentials.linked_data.n_quads import (
    parse_n_quads,
    serialize_n_quads,
    serialize_quad,
    serialize_term,
)
from credentials.linked_data.rdf import (
    RDF_LANG_STRING,
    XSD_STRING,
    BlankNode,
    Iri,
    Literal,
    Quad,
)
from tests.soak import repetitions

SUBJECT = Iri("urn:example:s")
PREDICATE = Iri("urn:example:p")


def literal_of(text: str) -> Literal:
    (quad,) = parse_n_quads(f"<urn:example:s> <urn:example:p> {text} .\n")
    assert isinstance(quad.object, Literal)
    return quad.object


def test_reads_every_kind_of_term() -> None:
    text = (
        "# a comment\n"
        "\n"
        "<urn:example:s> <urn:example:p> <urn:example:o> .\n"
        '_:b0 <urn:example:p> "plain" <urn:example:g> . # comment\r\n'
        ' \t_:b.1\t<urn:example:p>\t"chat"@fr-BE\t_:g\t.\n'
        '_:0<urn:example:p>"5"^^<http://www.w3.org/2001/XMLSchema#integer>.'
    )
    assert parse_n_quads(text) == (
        Quad(SUBJECT, PREDICATE, Iri("urn:example:o")),
        Quad(BlankNode("b0"), PREDICATE, Literal("plain"), Iri("urn:example:g")),
        Quad(
            BlankNode("b.1"), PREDICATE, Literal("chat", RDF_LANG_STRING, "fr-BE"), BlankNode("g")
        ),
        Quad(BlankNode("0"), PREDICATE, Literal("5", "http://www.w3.org/2001/XMLSchema#integer")),
    )


def test_nothing_but_space_and_comments_is_an_empty_dataset() -> None:
    assert parse_n_quads("") == ()
    assert parse_n_quads("\n \t\r\n# nothing\n#\n") == ()


def test_reads_all_escapes() -> None:
    assert literal_of(r'"\t\b\n\r\f\"\'\\"').value == "\t\b\n\r\f\"'\\"
    assert literal_of(r'"\u00e9\u00E9\U0001F600"').value == "éé😀"
    assert literal_of(r'"\\u0041"').value == r"\u0041"
    (quad,) = parse_n_quads(r"<urn:\u00e9> <urn:p> <urn:\U0001F600> .")
    assert quad.subject == Iri("urn:é")
    assert quad.object == Iri("urn:😀")


@pytest.mark.parametrize(
    "line",
    [
        "<urn:s> <urn:p> <urn:o>",
        "<urn:s> <urn:p> .",
        "<urn:s> <urn:p> <urn:o> <urn:g> <urn:x> .",
        "<urn:s> <urn:p> <urn:o> . <urn:s> <urn:p> <urn:o> .",
        '"literal" <urn:p> <urn:o> .',
        "<urn:s> _:p <urn:o> .",
        '<urn:s> "p" <urn:o> .',
        '<urn:s> <urn:p> <urn:o> "g" .',
        "<s> <urn:p> <urn:o> .",
        "<urn:s> <urn:p> </relative> .",
        "<urn:a b> <urn:p> <urn:o> .",
        r"<urn:a\u0020b> <urn:p> <urn:o> .",
        r"<urn:a\u003eb> <urn:p> <urn:o> .",
        r"<urn:a\nb> <urn:p> <urn:o> .",
        "<urn:s> <urn:p> 'single' .",
        '<urn:s> <urn:p> "unterminated .',
        r'<urn:s> <urn:p> "\x" .',
        r'<urn:s> <urn:p> "\u12" .',
        r'<urn:s> <urn:p> "\U00110000" .',
        r'<urn:s> <urn:p> "\ud800" .',
        '<urn:s> <urn:p> "a"@ .',
        '<urn:s> <urn:p> "a"@1 .',
        '<urn:s> <urn:p> "a"^^xsd:string .',
        '<urn:s> <urn:p> "a"^^<relative> .',
        '<urn:s> <urn:p> """a""" .',
        "_: <urn:p> <urn:o> .",
        "_:-a <urn:p> <urn:o> .",
        "@prefix x: <urn:x> .",
        "<urn:s> <urn:p> 5 .",
        "<urn:s> <urn:p> <urn:o> . x",
        "\u00a0<urn:s> <urn:p> <urn:o> .",
    ],
)
def test_refuses_what_the_grammar_does_not_allow(line: str) -> None:
    with pytest.raises(ParsingError) as caught:
        parse_n_quads(f"# first\r\n\r\n{line}\n")
    assert caught.value.code == "N_QUADS_SYNTAX"
    assert "Line 3" in caught.value.message


def test_reading_is_linear() -> None:
    for line in (
        '"' + "\\" * 200_001,
        "_:" + "a." * 100_000,
        "<urn:" + "a" * 200_000,
        " " * 200_000,
    ):
        started = time.process_time()
        with pytest.raises(ParsingError):
            parse_n_quads(f"{line}!")
        assert time.process_time() - started < 0.25


def test_writes_control_characters_as_the_canonical_form_requires() -> None:
    """RDFC-1.0 section 5: ECHAR where one exists, else UCHAR; everything else native."""
    echar = {8: r"\b", 9: r"\t", 10: r"\n", 12: r"\f", 13: r"\r", 0x22: r"\"", 0x5C: r"\\"}
    uchar = {*range(0x20), 0x7F, 0xFFFE, 0xFFFF} - echar.keys()
    wrong = []
    for code in (*range(0x300), *range(0xFF00, 0x10010)):
        character = chr(code)
        expected = echar.get(code) or (f"\\u{code:04X}" if code in uchar else character)
        written = serialize_term(Literal(character))
        if written != f'"{expected}"' or literal_of(written).value != character:
            wrong.append(code)
    assert wrong == []


def test_leaves_out_the_datatype_of_strings_only() -> None:
    assert serialize_term(Literal("a", XSD_STRING)) == '"a"'
    assert serialize_term(Literal("a", "urn:d")) == '"a"^^<urn:d>'
    assert serialize_term(Literal("a", RDF_LANG_STRING, "en-GB")) == '"a"@en-GB'


def test_writes_sorted_lines_each_once() -> None:
    first = Quad(SUBJECT, PREDICATE, Literal("\ue000"))
    second = Quad(SUBJECT, PREDICATE, Literal("\U00010000"), BlankNode("g"))
    assert serialize_n_quads([second, first, second]) == (
        '<urn:example:s> <urn:example:p> "\ue000" .\n'
        '<urn:example:s> <urn:example:p> "\U00010000" _:g .\n'
    )


@pytest.mark.parametrize(
    "term",
    [
        Iri("urn:a> <urn:b"),
        Iri("urn:a\nb"),
        Iri("relative"),
        Iri(""),
        Iri("urn:\ud800"),
        Literal("\udfff"),
        Literal("a", "urn:x>"),
        Literal("a", RDF_LANG_STRING, "en .\n"),
        Literal("a", RDF_LANG_STRING, ""),
    ],
)
def test_refuses_to_write_a_term_that_would_end_early(term: Iri | Literal) -> None:
    with pytest.raises(MalformedValueError) as caught:
        serialize_term(term)
    assert caught.value.code == "RDF_TERM"


TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
NODES = st.sampled_from(
    [Iri("urn:a"), Iri("https://example.org/é#x"), BlankNode("b"), BlankNode("c.d")]
)
OBJECTS = NODES | TEXTS.map(Literal) | TEXTS.map(lambda text: Literal(text, RDF_LANG_STRING, "de"))
QUADS = st.tuples(NODES, st.just(PREDICATE), OBJECTS, st.none() | NODES).map(
    lambda terms: Quad(*terms)
)


@settings(max_examples=repetitions(40, soak=200), deadline=None, derandomize=True)
@given(QUADS)
def test_reading_what_was_written_gives_the_same(quad: Quad) -> None:
    assert parse_n_quads(serialize_quad(quad)) == (quad,)
