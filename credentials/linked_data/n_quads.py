"""N-Quads, read strictly and written canonically.

Reading follows RDF 1.1 N-Quads section 5 (grammar); writing follows RDFC-1.0 section 5, "A
Canonical form of N-Quads".  A term that has no unambiguous text is refused, never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from credentials.errors import MalformedValueError, ParsingError
from credentials.linked_data.literal_texts import escape, no_text, require_characters
from credentials.linked_data.rdf import (
    RDF_LANG_STRING,
    XSD_STRING,
    BlankNode,
    Iri,
    Literal,
    Quad,
    Term,
)

_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI_TEXT = rf'(?:[^\x00-\x20<>"{{}}|^`\\]|{_UCHAR})*+'
_LABEL_FIRST = (
    r"A-Za-z0-9_:\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LABEL_REST = _LABEL_FIRST + r"\u00b7\u0300-\u036f\u203f-\u2040\-"
_LABEL = rf"[{_LABEL_FIRST}][{_LABEL_REST}]*+(?:\.++[{_LABEL_REST}]++)*+"
_LANGUAGE = r"[A-Za-z]+(?:-[A-Za-z0-9]+)*"
_TERM = (
    rf"<(?P<iri>{_IRI_TEXT})>"
    rf"|_:(?P<blank>{_LABEL})"
    rf'|"(?P<string>(?:[^"\\\n\r]|\\[tbnrf"\'\\]|{_UCHAR})*+)"'
    rf"(?:[ \t]*+(?:@(?P<language>{_LANGUAGE})|\^\^[ \t]*+<(?P<datatype>{_IRI_TEXT})>))?"
)
_SPACE = re.compile(r"[ \t]*")
_END = re.compile(r"\.[ \t]*(?:#.*)?", re.DOTALL)
_BLANK_LINE = re.compile(r"[ \t]*(?:#.*)?", re.DOTALL)
_LINE_END = re.compile(r"[\r\n]+")
_ESCAPE = re.compile(rf"{_UCHAR}|\\.")
_ECHAR = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}

_LANGUAGE_TAG = re.compile(_LANGUAGE)
# "IRIs in N-Quads are absolute" (RDF 1.1 N-Quads section 2.2), and neither spelling, native or
# escaped, may bring in a character that IRIREF excludes.
_ABSOLUTE_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*+:[^\x00-\x20<>"{}|^`\\\ud800-\udfff]*+')


def serialize_term(term: Term) -> str:
    """Write one RDF term in canonical form.

    Raises `MalformedValueError` (RDF_TERM) for a relative IRI, for an IRI or a language tag with
    characters that would end it early, and for lone surrogates.
    """
    if isinstance(term, Iri):
        return f"<{_require_iri(term.value)}>"
    if isinstance(term, BlankNode):
        return f"_:{term.label}"
    text = f'"{escape(term.value)}"'
    if term.language is not None:
        return f"{text}@{_require_language(term.language)}"
    return text if term.datatype == XSD_STRING else f"{text}^^<{_require_iri(term.datatype)}>"


def serialize_quad(quad: Quad) -> str:
    """Write one statement as a canonical line, its newline included (see `serialize_term`)."""
    terms = [quad.subject, quad.predicate, quad.object]
    if quad.graph is not None:
        terms.append(quad.graph)
    return " ".join(map(serialize_term, terms)) + " .\n"


def serialize_n_quads(quads: Iterable[Quad]) -> str:
    """Write a dataset in canonical order: lines by code point, each statement once."""
    return "".join(sorted({serialize_quad(quad) for quad in quads}))


def parse_n_quads(text: str) -> tuple[Quad, ...]:
    """Read N-Quads; raise `ParsingError` (N_QUADS_SYNTAX) naming the first bad line.

    Lines are counted from 1 over every CR, LF or CRLF.
    """
    quads = []
    number = 1
    position = 0
    for end in (*_LINE_END.finditer(text), None):
        line = text[position : end.start() if end else len(text)]
        if not _BLANK_LINE.fullmatch(line):
            quads.append(_parse_line(line, number))
        if end:
            position = end.end()
            number += len(end[0].replace("\r\n", "\n"))
    return tuple(quads)


def _parse_line(line: str, number: int) -> Quad:
    try:
        terms, end = _parse_terms(line)
    except MalformedValueError as error:
        raise _syntax(number) from error
    if not _END.fullmatch(line, end):
        raise _syntax(number)
    return _quad(terms, number)


def _parse_terms(line: str) -> tuple[list[Term], int]:
    """Read the terms of a line, at most four; return them and where the rest begins."""
    terms: list[Term] = []
    position = _after_space(line, 0)
    syntax = _term_syntax()
    while len(terms) < 4 and (match := syntax.match(line, position)) is not None:
        terms.append(_term(match))
        position = _after_space(line, match.end())
    return terms, position


@cache
def _term_syntax() -> re.Pattern[str]:
    """Compile the syntax of a term, which takes a while and only reading needs."""
    return re.compile(_TERM)


def _after_space(line: str, position: int) -> int:
    match = _SPACE.match(line, position)
    return match.end() if match else position


def _term(match: re.Match[str]) -> Term:
    parts = match.groupdict()
    if parts["iri"] is not None:
        return Iri(_require_iri(_unescape(parts["iri"])))
    if parts["blank"] is not None:
        return BlankNode(parts["blank"])
    value = _unescape(parts["string"])
    if parts["language"] is not None:
        return Literal(value, RDF_LANG_STRING, parts["language"])
    if parts["datatype"] is not None:
        return Literal(value, _require_iri(_unescape(parts["datatype"])))
    return Literal(value)


def _quad(terms: list[Term], number: int) -> Quad:
    if len(terms) not in (3, 4):
        raise _syntax(number)
    subject, predicate, value = terms[:3]
    graph = terms[3] if len(terms) == 4 else None
    if isinstance(subject, Literal) or not isinstance(predicate, Iri) or isinstance(graph, Literal):
        raise _syntax(number)
    return Quad(subject, predicate, value, graph)


def _unescape(text: str) -> str:
    plain = _ESCAPE.sub(_unescape_one, text) if "\\" in text else text
    return require_characters(plain)


def _unescape_one(match: re.Match[str]) -> str:
    escape = match[0]
    if escape[1] not in "uU":
        return _ECHAR[escape[1]]
    code = int(escape[2:], 16)
    if code > 0x10FFFF:
        raise no_text("a \\U escape names no Unicode character")
    return chr(code)


def _require_iri(value: str) -> str:
    if not _ABSOLUTE_IRI.fullmatch(value):
        raise no_text("an identifier is not an absolute IRI")
    return value


def _require_language(tag: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(tag):
        raise no_text("a language tag is not well-formed")
    return tag


def _syntax(number: int) -> ParsingError:
    return ParsingError(f"Line {number} is not a valid N-Quads statement.", code="N_QUADS_SYNTAX")
