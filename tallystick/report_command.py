"""The command that reports on a register of decisions: to the Senate, and for publication."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from credentials.spreadsheet_cells import safe_cell
from frameworks.amounts import canonical
from tallystick.decisions_in_use import decisions_option, register_of_decisions
from tallystick.explaining import printable
from tallystick.files import write_output

if TYPE_CHECKING:
    from recognition.oversight.consistency import Agreement
    from recognition.oversight.recorded import Share
    from recognition.oversight.reporting import OversightReport, PolicySample
    from recognition.oversight.transparency import TransparencyFigures


@click.command()
@click.option("--seed", help="Draw the samples for review from this text, which is published.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the figures for publication to a table.",
)
@decisions_option(required=True)
def report(seed: str | None, as_json: bool, csv_file: Path | None, decisions_url: str) -> None:
    """Report on all recorded decisions: consistency, samples for review, figures to publish.

    Only the figures are for publication; in them nothing is told about few people.
    """
    from recognition.oversight.reporting import report_on

    found = report_on(register_of_decisions(decisions_url).entries(), seed=seed)
    if csv_file is not None:
        write_output(csv_file, _table(found.figures).encode("utf-8"))
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, _in_words(found))))


def _in_words(found: OversightReport) -> Iterator[str]:
    yield f"{found.decisions} decisions about {found.cases} cases"
    yield f"Left to a person at first: {_share(found.referrals)}"
    yield "Decided otherwise than the policy proposed:"
    for name, share in found.overrides.items():
        yield f"  {name}: {_share(share)}"
    if not found.overrides:
        yield "  nobody has ruled"
    yield from _agreement(found.agreement)
    yield f"Contradicted precedents: {len(found.contradictions)}"
    for one in found.contradictions:
        why = f" ({', '.join(one.reasons)})" if one.reasons else ""
        differing = " and ".join(one.differing)
        yield f"  {one.decision_id} differs from {one.precedent_id} in {differing}{why}"
    if not found.samples:
        yield "Samples for review: none drawn; --seed draws them"
    else:
        yield "The seed was given by whoever asked; a draw that counts is recorded by the desk."
    for sample in found.samples:
        yield from _sample(sample)
    from recognition.oversight.figure_rows import WITHHELD, figure_rows

    yield f'Figures for publication ("{WITHHELD}": about few people, or needed to protect them):'
    for figure, name, outcome, number in figure_rows(found.figures.to_json()):
        yield f"  {figure}: {' '.join(part for part in (name, outcome) if part)}: {number}"


def _share(share: Share) -> str:
    return f"{share.count} of {share.of}"


def _agreement(found: Agreement | None) -> Iterator[str]:
    if found is None:
        yield "Agreement with reviewers: nothing is marked yet"
    elif found.kappa is None:
        yield f"Agreement with reviewers: {found.pairs} marked; no kappa: {found.why}"
    else:
        by_chance = f"{canonical(found.observed)} agree, {canonical(found.by_chance)} by chance"
        yield (
            f"Agreement with reviewers: Cohen's kappa {canonical(found.kappa)}, of "
            f"{found.pairs} marked {by_chance}"
        )


def _sample(one: PolicySample) -> Iterator[str]:
    drawn = one.sample
    yield (
        f"Sample for {one.body}: {len(drawn.ids)} of {drawn.population} decisions under "
        f"{one.policy_id}, version {one.version} ({canonical(drawn.rate)}), from the seed "
        f'"{drawn.seed}":'
    )
    for case, decision in zip(one.cases, drawn.ids, strict=True):
        yield f"  {case}: {decision}"


def _table(figures: TransparencyFigures) -> str:
    """Write the figures as CSV; what a spreadsheet takes for a formula is made a text."""
    from recognition.oversight.figure_rows import HEADER, figure_rows

    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([safe_cell(cell) for cell in row] for row in figure_rows(figures.to_json()))
    return written.getvalue()
