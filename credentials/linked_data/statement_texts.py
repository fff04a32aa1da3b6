"""Statements taken from canonical N-Quads as text: to give their blank nodes other labels.

Selective disclosure writes the same few statements again and again with other labels.  Taking a
line apart where its blank nodes stand costs less than reading its terms and writing them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from credentials.limits import Limits
from credentials.linked_data.n_quads import parse_n_quads
from credentials.linked_data.rdf_canonicalization import Statement, distinct_statements

# A canonical line of the default graph.  Its terms are canonical already: inside quotation marks
# a quotation mark and a backslash are escaped, and no IRI contains an angle bracket.
_LINE = re.compile(
    r"(<[^<>\n]*>|_:[^ \n]+) (<[^<>\n]*>) "
    r'(<[^<>\n]*>|_:[^ \n]+|"(?:[^"\\\n]|\\[^\n])*"(?:\^\^<[^<>\n]*>|@[A-Za-z0-9-]+)?) \.\n'
)

LabelOf = Callable[[str], str | None]
"""Names the blank node that a term stands for, "<…>" or "_:…"; None for every other term."""


def blank_node_label(term: str) -> str | None:
    """Name a blank node as it is."""
    return term[2:] if term.startswith("_:") else None


def statements_in(n_quads: str, label_of: LabelOf = blank_node_label) -> tuple[Statement, ...]:
    """Take canonical N-Quads apart; equal statements are one.

    Returns nothing for a dataset with named graphs, which is not taken apart here.
    """
    found: dict[Statement, None] = {}
    end = 0
    for match in _LINE.finditer(n_quads):
        if match.start() != end:
            break
        end = match.end()
        found[_statement(label_of, match)] = None
    if end == len(n_quads):
        return tuple(found)
    return ()


def statements_of_text(n_quads: str, limits: Limits) -> tuple[Statement, ...]:
    """Take canonical N-Quads apart, also those of named graphs; blank nodes keep their labels."""
    return statements_in(n_quads) or distinct_statements(parse_n_quads(n_quads), limits)


def labels_in(statements: Iterable[Statement]) -> set[str]:
    """Collect the labels of all blank nodes."""
    return {label for one in statements for label, _position in one.related}


def _statement(label_of: LabelOf, line: re.Match[str]) -> Statement:
    subject, predicate, value = line.groups()
    of_subject = label_of(subject)
    of_value = None if value.startswith('"') else label_of(value)
    if of_value is None:
        if of_subject is None:
            return Statement((line[0],), (), predicate)
        return Statement(("_:", f" {predicate} {value} .\n"), ((of_subject, "s"),), predicate)
    if of_subject is None:
        return Statement((f"{subject} {predicate} _:", " .\n"), ((of_value, "o"),), predicate)
    related = ((of_subject, "s"), (of_value, "o"))
    return Statement(("_:", f" {predicate} _:", " .\n"), related, predicate)
