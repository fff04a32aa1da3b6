"""The command that shows an assessor which outcomes in free text may be those of a component."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from frameworks.rating import read_course
from recognition.case_files import WantedOutcomes, read_wanted_outcomes
from recognition.stated_outcomes import (
    OutcomeSource,
    outcomes_of_course,
    outcomes_of_credential,
    same_language,
)
from recognition.suggesting import SCORE, SUGGESTED, Suggested, Suggestions, suggest
from tallystick.desk import Desk
from tallystick.explaining import printable
from tallystick.files import read_text
from tallystick.using_registers import REGISTER, TRUST

MOST_SUGGESTED = 20
TEXT_TOLD = 160
"""How much of a text is told in words; JSON has as much as was compared."""


@click.command("suggest")
@click.argument("files", metavar="[CREDENTIAL]...", nargs=-1)
@click.option("--target", "target_file", required=True, help="The receiving component (TOML).")
@click.option("--course", "course_files", multiple=True, help="Description of a course (TOML).")
@click.option(
    "--top",
    type=click.IntRange(1, MOST_SUGGESTED),
    default=SUGGESTED,
    show_default=True,
    help="Most suggestions for one outcome.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the suggestions as JSON.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
def suggest_outcomes(
    files: tuple[str, ...],
    target_file: str,
    course_files: tuple[str, ...],
    top: int,
    as_json: bool,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
) -> None:
    """Show which outcomes of credentials and courses may be those of the receiving component.

    Outcomes with the same URI count by rule, when a case is decided. Others are ranked by similar
    words, for an assessor to compare: nothing is decided or recorded here.

    Exit status: 0 there was something to compare, 1 a file could not be used.
    """
    if not files and not course_files:
        raise click.UsageError("Give a credential, or --course, to compare.")
    wanted = read_wanted_outcomes(read_text(target_file))
    sources = [outcomes_of_course(file, read_course(read_text(file))) for file in course_files]
    if files:
        desk = Desk.open(trust_files, register_files, resolver_map)
        verified = zip(files, desk.verified(files), strict=True)
        sources = [*(outcomes_of_credential(file, one) for file, one in verified), *sources]
    found = suggest(wanted.outcomes, sources, language=wanted.language, most=top)
    if as_json:
        told = {"component": wanted.component, **found.to_json()}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, _in_words(wanted, found))))


def _in_words(wanted: WantedOutcomes, found: Suggestions) -> Iterator[str]:
    yield f"SUGGESTIONS for {wanted.component}. Nothing is decided by them."
    yield f"Scores are {SCORE[0].lower()}{SCORE[1:]}"
    for source in found.sources:
        yield from _remarks(source, found)
    for number, one in enumerate(found.outcomes, 1):
        yield f"{number}. {_short(one.outcome.text) or one.outcome.uri}"
        yield from _of_outcome(one)
    count = f"{found.aligned} of {len(found.outcomes)}"
    yield f"By the same URI: {count}, which counts by rule: the overlap is at least that."
    yield "What else is reached an assessor states by name, as the fact overlap (--facts)."


def _remarks(source: OutcomeSource, found: Suggestions) -> Iterator[str]:
    told = f"{source.name}: {len(source.outcomes)} outcomes in words"
    yield f"{told}, {source.left_out} more are not compared" if source.left_out else told
    same = same_language(source.language, found.language)
    stated = (
        f"{source.language or 'not stated'}, of the component: {found.language or 'not stated'}"
    )
    if same is False:
        yield f"  LANGUAGES DIFFER: {stated}. Its scores say little; somebody reads both."
    elif same is None:
        yield f"  Languages cannot be compared: {stated}."


def _of_outcome(one: Suggested) -> Iterator[str]:
    if one.aligned:
        yield f"   same URI: {', '.join(one.aligned)}"
    elif not one.is_compared:
        yield "   it has no text that could be compared"
    elif not one.suggestions:
        yield "   nothing similar"
    for found in one.suggestions:
        differs = ", other language" if found.same_language is False else ""
        yield f"   {found.score:3} {_short(found.outcome.text)} ({found.source}{differs})"


def _short(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= TEXT_TOLD else f"{told[: TEXT_TOLD - 1]}…"
