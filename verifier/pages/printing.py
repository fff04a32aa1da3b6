"""What stands on the printed answer: the same words as on the page, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from frameworks.viewpoints import Viewpoint
from service.pages import N_, current_language, gettext
from service.pages.languages import labelled, moment_in_words, quoted
from service.pages.sentences import in_plain_words
from verifier.pages.contents import Contents
from verifier.pages.facts import Fact, Lookup
from verifier.pages.paper import Line, Paper, lacks_letters
from verifier.pages.showing import Reason, Shown
from verifier.pages.worth import Elsewhere, Worth
from verifier.receipts import Checked
from verifier.sources import Lookups

TEXT_CHARACTERS = 200
"""How much of a name or an address is printed."""


class Printed(NamedTuple):
    """One credential as it is printed, with what the page shows of it."""

    shown: Shown
    name: str
    facts: tuple[Fact, ...]
    worths: tuple[Worth, ...]
    contents: Contents
    is_proven: bool


class Attached(NamedTuple):
    """The digest of what was checked, and the signed receipt, if one could be had."""

    digest: str
    receipt: bytes | None
    is_receipt_lacking: bool


def paper_of(
    checked: Checked,
    printed: Sequence[Printed],
    lookups: Sequence[Lookup],
    viewpoint: Viewpoint | None,
    attached: Attached,
) -> Paper:
    """Put an answer on paper: the first of `printed` is what was given, the others stand in it."""
    report = checked.inspection.report
    lines = [*_one(printed[0], viewpoint, 1)]
    for number, one in enumerate(printed[1:], start=1):
        lines.append(Line("H2", gettext("Credential %(number)s", number=number)))
        lines += _one(one, viewpoint, 2)
    is_offline = not isinstance(checked.world.resolver, Lookups)
    lines += _lookups(lookups, moment_in_words(report.checked_at), is_offline=is_offline)
    lines += _closing(attached)
    if lacks_letters(line.text for line in lines):
        text = N_("“?” stands for letters that cannot be printed here.")
        lines.append(Line("P", gettext(text), is_small=True))
    first = printed[0]
    title = gettext(first.shown.texts.title)
    moment = gettext("Checked on %(moment)s.", moment=moment_in_words(report.checked_at))
    return Paper(
        title=f"{title}: {first.name[:TEXT_CHARACTERS]}" if first.name else title,
        language=current_language().tag,
        made_at=report.checked_at,
        lines=tuple(lines),
        footer=f"{title}. {moment}",
        receipt=attached.receipt,
    )


def _one(one: Printed, viewpoint: Viewpoint | None, level: int) -> Iterator[Line]:
    texts = one.shown.texts
    yield Line(f"H{level}", gettext(texts.title), texts.tone)
    if one.name:
        yield Line("P", one.name[:TEXT_CHARACTERS], is_strong=True)
    yield Line("P", gettext(texts.meaning))
    yield Line("P", f"{gettext('What to do:')} {gettext(texts.advice)}")
    heading = f"H{level + 1}"
    yield from _reasons(one.shown, heading)
    yield from _facts(one, heading)
    yield from _worths(one.worths, viewpoint, heading)
    yield from _recommendations(one.contents, heading)


def _reasons(shown: Shown, heading: str) -> Iterator[Line]:
    if shown.reasons:
        yield Line(heading, gettext("Why"))
    for reason in shown.reasons:
        yield from _reason(reason)
    if shown.sound:
        yield Line(heading, gettext("What was in order, or not asked"))
    for one in shown.sound:
        yield Line("P", labelled(gettext(one.check), gettext(one.meaning)))


def _reason(reason: Reason) -> Iterator[Line]:
    word, check = gettext(reason.word), gettext(reason.check)
    head = gettext("%(weight)s: %(what)s", weight=word, what=check)
    yield Line("P", head, reason.tone, is_strong=True)
    explanation = reason.explanation
    yield Line("P", gettext(explanation.meaning))
    yield Line("P", f"{gettext('Whose problem:')} {gettext(explanation.owner)}")
    yield Line("P", f"{gettext('What to do:')} {gettext(explanation.action)}")
    yield Line("P", f"{in_plain_words(reason.remark.detail)} [{reason.remark.code}]", is_small=True)


def _facts(one: Printed, heading: str) -> Iterator[Line]:
    if not one.facts:
        return
    yield Line(heading, gettext("Facts"))
    if not one.is_proven:
        text = (
            "It is not proven that the issuer said any of this: what follows is only what is "
            "written there."
        )
        yield Line("P", gettext(text), "warn")
    for fact in one.facts:
        value = quoted(fact.value) if fact.is_foreign else fact.value
        note = f" ({gettext(fact.note)})" if fact.note else ""
        yield Line("P", labelled(gettext(fact.label), f"{value}{note}"))


def _worths(worths: Sequence[Worth], viewpoint: Viewpoint | None, heading: str) -> Iterator[Line]:
    if worths:
        yield Line(heading, gettext("Level and credits"))
    for worth in worths:
        stated = worth.stated
        level = gettext("Level %(level)s", level=stated.level) if stated.level else ""
        credit = gettext("credits")
        amount = f"{stated.amount} {stated.unit} {credit}" if stated.amount else ""
        hours = gettext("%(hours)s hours of learning", hours=stated.hours) if stated.hours else ""
        named = f"{level} ({stated.framework})" if level and stated.framework else level
        yield Line("P", ", ".join(part for part in (named, amount, hours) if part), is_strong=True)
        if viewpoint is not None:
            yield Line("P", labelled(gettext("In your framework"), viewpoint.name))
            for one in worth.own_levels:
                yield Line("P", f"{gettext('Level')} {_elsewhere(one)}")
            for one in worth.own_credits:
                yield Line("P", _elsewhere(one))
        if stated.assurance:
            text = gettext(
                "Who stands behind level and credits: class %(name)s.", name=stated.assurance
            )
            chain = "; ".join(f"{gettext(step.how)} {step.by}" for step in stated.chain)
            said = " ".join((text, gettext(stated.assurance_meaning), chain)).strip()
            yield Line("P", said)


def _elsewhere(one: Elsewhere) -> str:
    """Write a level or amount elsewhere, never as a bare number."""
    value = one.value or gettext("left open")
    authority = f" ({one.authority})" if one.authority else ""
    bases = "; ".join(
        labelled(basis.source, gettext(basis.certainty))
        if basis.source
        else gettext(basis.certainty)
        for basis in one.bases
    )
    return f"{labelled(value, gettext(one.method))}{authority}. {bases}"


def _recommendations(contents: Contents, heading: str) -> Iterator[Line]:
    if contents.recommendations:
        yield Line(heading, gettext("Recommendations"))
    for one in contents.recommendations:
        yield Line("P", labelled(gettext(one.word), one.by), one.tone)


def _lookups(lookups: Sequence[Lookup], moment: str, *, is_offline: bool) -> Iterator[Line]:
    yield Line("H2", gettext("When and from where each fact was checked"))
    nothing = "" if lookups else gettext("Nothing had to be looked up elsewhere.")
    if is_offline:
        text = N_(
            "This service looks nothing up elsewhere: it knows only what is in its own files."
        )
        nothing = gettext(text)
    yield Line("P", f"{gettext('Checked on %(moment)s.', moment=moment)} {nothing}".strip())
    for one in lookups:
        at = f": {moment_in_words(one.at)}" if one.at is not None else ""
        text = f"{one.url[:TEXT_CHARACTERS]}, {gettext(one.kind)}, {gettext(one.origin)}{at}"
        yield Line("P", text)


def _closing(attached: Attached) -> Iterator[Line]:
    yield Line("H2", gettext("What was checked"))
    yield Line("P", gettext("Digest of the file (SHA-256): %(digest)s", digest=attached.digest))
    if attached.receipt is not None:
        text = N_(
            "A receipt that this verifier signed is attached to this file. Anybody can have it "
            "checked, and see whether it is about the same file by the digest."
        )
        yield Line("P", gettext(text))
    elif attached.is_receipt_lacking:
        text = N_("The receipt could not be signed just now; this is a plain print of the answer.")
        yield Line("P", gettext(text), "warn")
    else:
        text = N_(
            "This is a plain print of the answer: anybody could have written it. Who has to be "
            "sure checks the credential again."
        )
        yield Line("P", gettext(text))
