"""The commands that assign values: rate a course, approve it as a listing, endorse it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
from frameworks.amounts import canonical, parse_amount
from frameworks.authorities import Authorities, Authority
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.rating import (
    Course,
    Rating,
    append_row,
    endorsement_content,
    listing_row,
    rate,
    read_course,
)
from frameworks.register import Register, read_register
from frameworks.register.edition import EDITION_LIMITS
from frameworks.register.register import in_force
from keys.did import Resolver
from keys.store import StoredKey
from tallystick import composition, settings, verifying
from tallystick.files import CommandError, locked, read_input, read_text, write_output
from tallystick.register_files import (
    is_edition,
    read_any_register,
    read_folder,
    require_register_folder,
)
from tallystick.trust_files import read_authorities, read_resolver_map
from tallystick.using_registers import TRUST
from verifier.registers import open_edition

LISTINGS = "listings.csv"
FOLDER = "Folder of the register's source files."


class DateOption(click.ParamType[date]):
    """A calendar date such as 2026-01-31."""

    name = "DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read the option; tell click if it cannot be read."""
        try:
            return value if isinstance(value, date) else parse_date(value)
        except FrameworkError as error:
            self.fail(error.message, param, ctx)


@click.command("rate")
@click.argument("course_file", metavar="COURSE.toml")
@click.option("--register", "register_file", default="reference", help="Register whose rules hold.")
@click.option("--as-of", type=DateOption(), help="Day whose rules hold (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print the rating as JSON.")
@click.pass_context
def rate_course(
    context: click.Context,
    course_file: str,
    register_file: str,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Rate COURSE.toml: level, credits, what is wrong and what is missing.

    Exit status 1 if something certain stands against the course.
    """
    day = as_of or verifying.now().date()
    rating = rate(read_course(read_text(course_file)), read_any_register(register_file), as_of=day)
    told = json.dumps(_json(rating), indent=2, ensure_ascii=False)
    click.echo(told if as_json else "\n".join(_in_words(rating)))
    context.exit(1 if rating.certain else 0)


@click.command("approve")
@click.argument("course_file", metavar="COURSE.toml")
@click.option("--register", "folder", required=True, type=click.Path(path_type=Path), help=FOLDER)
@click.option("--listing", "listing_id", required=True, help="Id of the listing to write.")
@click.option("--by", required=True, help="The person who approves it.")
@click.option("--source", required=True, help="Key of the source that the listing rests on.")
@click.option("--from", "first", type=DateOption(), help="First day (default: today).")
@click.option("--until", "last", type=DateOption(), help="Last day (default: open).")
@click.option("--level", help="Level that the approver sets instead of the proposed one.")
@click.option("--credits", "amount", help="Credits that the approver sets instead.")
@click.option("--rated-by", default="", help="Id of the rating body, if it is not the authority.")
def approve_course(
    course_file: str,
    folder: Path,
    listing_id: str,
    by: str,
    source: str,
    first: date | None,
    last: date | None,
    level: str | None,
    amount: str | None,
    rated_by: str,
) -> None:
    """Approve the rating of COURSE.toml: write it as a listing into the register's folder.

    The next edition that is signed carries it.
    """
    course, today = read_course(read_text(course_file)), verifying.now().date()
    credits_set = None if amount is None else parse_amount(amount)
    require_register_folder(folder)
    with locked(folder):
        rating = rate(course, read_any_register(str(folder)), as_of=first or today)
        cells = listing_row(
            course,
            rating,
            id=listing_id,
            source=source,
            approved_by=by,
            rated_by=rated_by,
            first_day=first or today,
            last_day=last,
            level=level,
            credits=credits_set,
            today=today,
        )
        _write_listing(folder, course, cells)
    click.echo(f"Listed as {listing_id}: level {cells['level']}, {cells['credits']} credits.")


@click.command("endorse")
@click.argument("course_file", metavar="COURSE.toml")
@click.option("--register", "register_file", required=True, help="Register with the listing.")
@click.option("--provider", required=True, help="Who may award the course.")
@click.option("--key", "uri", required=True, help="URI of the endorser's key (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the signed endorsement.",
)
@click.option("--as-of", type=DateOption(), help="Day of the listing (default: today).")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--resolver-map", help="JSON object: URL to local file, for what the check looks up.")
def endorse_course(
    course_file: str,
    register_file: str,
    provider: str,
    uri: str,
    out: Path,
    as_of: date | None,
    trust_files: tuple[str, ...],
    resolver_map: str | None,
) -> None:
    """Sign an endorsement of the listed value of COURSE.toml, for one provider to embed.

    An edition has to verify, and to be signed with the endorser's own key or by whom a trust file
    believes about the framework; a folder is the endorser's own.
    """
    course, day = read_course(read_text(course_file)), as_of or verifying.now().date()
    key = settings.signing_key(uri)
    if is_edition(register_file):
        authorities = _endorsable(key, course.framework, read_authorities(trust_files))
        resolver = composition.resolver_with_own(key, read_resolver_map(resolver_map))
        register = _verified(register_file, authorities, resolver)
    else:
        register = read_any_register(register_file)
    listed = in_force(register.listings(course.id, course.framework), day)
    if not listed:
        raise CommandError(f"{course.id} is not listed on {day}; approve it first.")
    content = endorsement_content(
        course, listed[0], register.on(day), provider, rating_id=composition.new_id()
    )
    name, until = f"Value of {course.title}", listed[0].provenance.last_day
    signed = composition.sign_endorsement(key, composition.new_id(), name, content, until)
    write_output(out, serialize_json_for_people(signed))
    click.echo(f"Endorsed for {provider}: {out}")


def _endorsable(key: StoredKey, framework: str, believed: Authorities) -> Authorities:
    """Name whose editions are endorsed: one's own, and of whom is believed about the framework."""
    own = Authority(key.record.controller, "", frozenset({framework}))
    known = {name: one for name, one in believed.by_id.items() if framework in one.frameworks}
    return Authorities({**known, own.id: own})


def _verified(file: str, authorities: Authorities, resolver: Resolver) -> Register:
    world = verifying.verifying_world(at=verifying.now(), resolver=resolver)
    data = read_input(file, EDITION_LIMITS)
    edition, _authority = open_edition(data, world=world, authorities=authorities)
    return edition.register


def _write_listing(folder: Path, course: Course, cells: dict[str, str]) -> None:
    """Append the listing and check the whole register before anything is written."""
    name = f"{course.framework}/{LISTINGS}"
    path = _inside(folder, name)
    files = read_folder(folder)
    changed = append_row(files.get(name), cells)
    read_register({**files, name: changed})
    path.parent.mkdir(exist_ok=True)
    write_output(path, changed.encode("utf-8"))


def _inside(folder: Path, name: str) -> Path:
    """Name a file of a register; a link that leads out of its folder is not followed."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CommandError(f"{path} leads out of {folder}, so nothing is written.")
    return path


def _in_words(rating: Rating) -> Iterator[str]:
    yield f"{rating.course.title} ({rating.course.framework}, rules of {rating.as_of})"
    if rating.level is not None:
        yield f"  level:   {rating.level.code} by {rating.level.rule}: {rating.level.why}"
    if rating.credits is not None:
        proposed = rating.credits
        yield f"  credits: {canonical(proposed.amount)} {proposed.token}: {proposed.why}"
    if rating.hours is not None:
        yield f"  hours:   {canonical(rating.hours)}"
    for finding in rating.findings:
        yield f"  {'FAIL' if finding.certain else 'note'} {finding}"
    by_standard: dict[str, list[str]] = {}
    for missing in rating.missing:
        field = missing.field if missing.need == "mandatory" else f"{missing.field} (optional)"
        by_standard.setdefault(missing.standard_name or missing.standard, []).append(field)
    for standard, fields in by_standard.items():
        yield f"  missing for {standard}: {', '.join(fields)}"


def _json(rating: Rating) -> dict[str, object]:
    level, amount = rating.level, rating.credits
    return {
        "course": rating.course.id,
        "framework": rating.course.framework,
        "as_of": rating.as_of.isoformat(),
        "level": level
        and {"code": level.code, "uri": level.uri, "rule": level.rule, "why": level.why},
        "credits": amount
        and {
            "amount": canonical(amount.amount),
            "unit": amount.token,
            "min": canonical(amount.exact.low),
            "max": canonical(amount.exact.high),
            "why": amount.why,
        },
        "hours": None if rating.hours is None else canonical(rating.hours),
        "findings": [
            {"code": one.code, "certain": one.certain, "detail": one.message, "do": one.what_to_do}
            for one in rating.findings
        ],
        "missing": [
            {
                "standard": one.standard,
                "field": one.field,
                "need": one.need,
                "status": one.status,
                "source": one.source,
            }
            for one in rating.missing
        ],
    }
