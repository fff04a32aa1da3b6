"""Interoperability: clients that others wrote check what we sign, and we check what they sign.

The clients (tools/interop) are installed in pinned versions into a cache, `.interop/`, and run as
processes of their own.  Each pair of a client and a form asks four questions: do they accept what
we sign, do they refuse it once it was changed, do we accept what they sign, do we refuse that once
it was changed.  Nothing is fetched: contexts come with each request, and issuers are did:key or
did:jwk.  Writes docs/interop.md; exit status 0 if every answer was the right one.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.interop.installing import install, version_of
from tools.interop.issuance import Claimed, ask_claims, claims_section
from tools.interop.ourselves import Workshop
from tools.interop.pairs import PAIRS, Pair, altered
from tools.interop.wallets import Asked, ask_wallets, section

REPORT = Path(__file__).resolve().parents[2] / "docs" / "interop.md"
QUESTIONS = (
    "they accept ours",
    "they refuse ours changed",
    "we accept theirs",
    "we refuse theirs changed",
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of one pair: for each question "yes", "no: why", or "-" where it is not asked."""

    pair: Pair
    given: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Tell whether something was asked and every answer was the right one."""
        asked = [answer for answer in self.given if answer != "-"]
        return bool(asked) and all(answer == "yes" for answer in asked)


def ask(pair: Pair, shop: Workshop) -> Answers:
    """Ask the four questions, those that the pair can answer."""
    ours, theirs = ("-", "-"), ("-", "-")
    if pair.they_verify is not None:
        made = pair.we_issue(shop)
        ours = (
            _yes(lambda: pair.they_verify(shop, made), wanted=True),
            _yes(lambda: pair.they_verify(shop, altered(made)), wanted=False),
        )
    if pair.they_issue is not None:
        received = pair.they_issue(shop)
        theirs = (
            _yes(lambda: shop.verify(received, *pair.options), wanted=True),
            _yes(lambda: shop.verify(altered(received), *pair.options), wanted=False),
        )
    return Answers(pair, (*ours, *theirs))


def _yes(question: Callable[[], tuple[bool, str]], *, wanted: bool) -> str:
    accepted, detail = question()
    if accepted is wanted:
        return "yes"
    return f"no: {detail or 'it was accepted'}"


def report(all_answers: list[Answers], asked: list[Asked], claimed: list[Claimed]) -> str:
    """Write the tables."""
    lines = [
        "# Interoperability",
        "",
        "Written by `make interop`: clients that others wrote, in pinned versions, as processes of",
        "their own. Contexts are handed to them and issuers are keys (`did:key`, `did:jwk`), so",
        "that nothing has to be fetched. *Changed* means that one text was replaced after signing;",
        "`-` stands where a client has no such side.",
        "",
        ", ".join((str(datetime.now(UTC).date()), *versions())) + ".",
        "",
        f"| client | version | form | {' | '.join(QUESTIONS)} |",
        f"|---|---|---|{'---|' * len(QUESTIONS)}",
    ]
    for answers in all_answers:
        pair = answers.pair
        cells = (f"`{pair.client}`", version_of(pair.client), pair.form, *answers.given)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    notes = dict.fromkeys(answers.pair.note for answers in all_answers if answers.pair.note)
    if notes:
        lines += ["", "What had to be known:", "", *(f"- {note}" for note in notes)]
    return "\n".join([*lines, *section(asked), *claims_section(claimed)]) + "\n"


def versions() -> tuple[str, str]:
    """Name what the two sides run on."""
    ran = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    node = ran.stdout.strip().removeprefix("v")
    return f"Python {platform.python_version()}", f"Node.js {node}"


def main() -> None:
    """Install, ask, write, judge."""
    install()
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        all_answers = []
        for pair in PAIRS:
            answers = ask(pair, shop)
            all_answers.append(answers)
            print(f"{pair.client}, {pair.form}: {'; '.join(answers.given)}", flush=True)
        asked, claimed = ask_wallets(shop), ask_claims(shop)
    REPORT.write_text(report(all_answers, asked, claimed), encoding="utf-8")
    answered = [*all_answers, *asked, *claimed]
    is_whole = bool(all_answers and asked and claimed)
    sys.exit(0 if is_whole and all(one.is_good for one in answered) else 1)


if __name__ == "__main__":
    main()
