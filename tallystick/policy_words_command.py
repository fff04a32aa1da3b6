"""The commands that say a policy in plain words, and what another version says otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import click

from credentials.json_types import JsonObject
from frameworks.amounts import canonical
from recognition.policies.comparing import (
    CHANGES,
    NO_CHANGE,
    Change,
    compare,
    text_differences,
)
from recognition.policies.in_words import HEADINGS, UNKNOWN, Clause, Section, explain
from recognition.policies.phrases import ENGLISH, Voice, spoken
from recognition.policies.policy import Policy
from recognition.policies.source_lines import SourceLines
from tallystick.explaining import printable
from tallystick.policy_drafts import is_draft, read_unchecked

F = TypeVar("F", bound=Callable[..., Any])

LANGUAGES = ("en", "fr-CA", "es")
CATALOGUES = "recognition.policies"
"""The package whose catalogues have the sentences."""


class CatalogueVoice:
    """A language of the pages, for a command."""

    def __init__(self, tag: str) -> None:
        """Read the catalogue of a language."""
        # The pages take a moment to load, which who reads English need not wait for.
        from service.pages.languages import BY_TAG, words_of

        self._locale = BY_TAG[tag].locale
        self._words = words_of([CATALOGUES])[tag]

    def say(self, text: str) -> str:
        """Say a text."""
        return self._words.gettext(text)

    def say_number(self, one: str, many: str, number: int) -> str:
        """Say a text that depends on a number."""
        return self._words.ngettext(one, many, number)

    def day(self, value: date) -> str:
        """Write a day so that nobody takes the month for the day."""
        from babel.dates import format_date

        return format_date(value, "long", locale=self._locale)

    def amount(self, value: Fraction) -> str:
        """Write an integer, or a fraction in lowest terms."""
        return canonical(value)


def language_option(command: F) -> F:
    """Add the option that chooses a language."""
    return click.option(
        "--language", type=click.Choice(LANGUAGES), default="en", show_default=True
    )(command)


def _voice(tag: str) -> Voice:
    return ENGLISH if tag == "en" else CatalogueVoice(tag)


NOT_CHECKED = "SIGNATURE NOT CHECKED. What follows is only what the file says."


@click.command()
@click.argument("file", metavar="POLICY")
@click.option("--json", "as_json", is_flag=True, help="Print sentences and places as JSON.")
@language_option
def explain_policy(file: str, as_json: bool, language: str) -> None:
    """Say a policy in plain words, each sentence with the lines that say it.

    POLICY is a draft (TOML), an example by its name, or a signed policy.
    """
    if not is_draft(file):
        click.echo(NOT_CHECKED, err=True)
    policy, voice = read_unchecked(file), _voice(language)
    if as_json:
        told = [_clause_json(one, SourceLines(policy.text), voice) for one in explain(policy)]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, _explained(policy, voice))))


def _explained(policy: Policy, voice: Voice) -> Iterator[str]:
    source, section = SourceLines(policy.text), None
    for one in explain(policy):
        if one.section is not section:
            section = one.section
            yield from ("", voice.say(HEADINGS[section]).upper())
        if one.section is Section.GATES and one.key == f"gate:{policy.rules.gates[0].id}":
            yield voice.say(UNKNOWN)
        name = f"{one.name}: " if one.name else ""
        yield f"{name}{_sentences(one, voice)}"
        for lines in source.of(*one.pointers):
            for number, text in enumerate(lines.text.splitlines(), start=lines.first):
                yield f"    {number:>4}  {text}"


def _sentences(one: Clause, voice: Voice) -> str:
    return " ".join(spoken(phrase, voice) for phrase in one.phrases)


def _clause_json(one: Clause, source: SourceLines, voice: Voice) -> JsonObject:
    return {
        "section": one.section,
        "clause": one.key,
        "sentences": [spoken(phrase, voice) for phrase in one.phrases],
        "pointers": list(one.pointers),
        "lines": [[lines.first, lines.last] for lines in source.of(*one.pointers)],
    }


@click.command()
@click.argument("before", metavar="POLICY")
@click.argument("after", metavar="OTHER")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@language_option
@click.pass_context
def compare_policies(
    context: click.Context, before: str, after: str, as_json: bool, language: str
) -> None:
    """Tell what OTHER says otherwise than POLICY: in words, and line by line.

    Exit status: 0 they say the same, 1 they do not.
    """
    if not (is_draft(before) and is_draft(after)):
        click.echo(NOT_CHECKED, err=True)
    old, new, voice = read_unchecked(before), read_unchecked(after), _voice(language)
    changes = compare(old, new)
    if as_json:
        click.echo(json.dumps(_changes_json(changes, voice), indent=2, ensure_ascii=False))
    else:
        told = (*_compared(changes, voice), "", *text_differences(old, new))
        click.echo("\n".join(map(printable, told)))
    context.exit(1 if changes else 0)


def _compared(changes: tuple[Change, ...], voice: Voice) -> Iterator[str]:
    if not changes:
        yield voice.say(NO_CHANGE)
    for one in changes:
        name = f" ({one.name})" if one.name else ""
        yield f"{voice.say(CHANGES[one.kind])}: {voice.say(HEADINGS[one.section])}{name}"
        yield from (f"  - {spoken(gone, voice)}" for gone in one.gone)
        yield from (f"  + {spoken(new, voice)}" for new in one.new)


def _changes_json(changes: tuple[Change, ...], voice: Voice) -> list[JsonObject]:
    return [
        {
            "change": one.kind,
            "section": one.section,
            "clause": one.key,
            "gone": [spoken(gone, voice) for gone in one.gone],
            "new": [spoken(new, voice) for new in one.new],
        }
        for one in changes
    ]
