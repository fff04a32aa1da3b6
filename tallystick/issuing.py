"""What the command `issue` does around issuing: options that go together, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from credentials.json_types import JsonObject
from credentials.proofs.registry import SELECTIVE
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer
from tallystick.files import USAGE, CommandError, write_output

SD_JWT = "sd-jwt"
"""Name of the form among those that a badge is issued in."""


F = TypeVar("F", bound=Callable[..., Any])


def form_option(name: str, form: str, help_text: str) -> Callable[[F], F]:
    """Add the option that chooses a form; several are told apart from one, and refused."""
    return click.option(name, "forms", multiple=True, flag_value=form, help=help_text)


def require_one_form(
    suites: tuple[str, ...], mandatory: tuple[str, ...], forms: tuple[str, ...], status: str | None
) -> str | None:
    """Return the form of a token, if one is wanted; refuse options that exclude each other.

    `status` names a status list of Open Badges, which no SD-JWT VC can have.
    """
    if len(set(forms)) > 1:
        raise CommandError("A badge has one form: leave out all but one of the --…jwt.", USAGE)
    form = forms[0] if forms else None
    if suites and form is not None:
        raise CommandError("A token has no suite: leave out --suite, or --jwt and the like.", USAGE)
    if mandatory and SELECTIVE not in suites:
        raise CommandError(f"--mandatory belongs to --suite {SELECTIVE}.", USAGE)
    if status is not None and form == SD_JWT:
        text = "An SD-JWT VC stands in a token status list: --token-status instead of --status."
        raise CommandError(text, USAGE)
    return form


def issue_in_form(
    issuer: Issuer,
    token: IssuanceToken,
    now: datetime,
    form: str | None,
    status: str | None,
) -> IssuedCredential:
    """Issue what was prepared in the chosen form; `status` is URL#INDEX for an SD-JWT VC."""
    claim = status_claim(status, form)
    if form == SD_JWT:
        return issuer.issue_sd_jwt(token, now=now, status=claim)
    return issuer.issue(token, now=now)


def status_claim(stated: str | None, form: str | None) -> JsonObject | None:
    """Read URL#INDEX as the claim `status` of a credential in the form of an SD-JWT VC."""
    if stated is None:
        return None
    address, hash_sign, index = stated.rpartition("#")
    if form != SD_JWT or not hash_sign or not address or not _is_index(index):
        raise click.UsageError("--token-status is URL#INDEX, and belongs to --sd-jwt.")
    from issuer.sd_jwt import token_status

    return token_status(address, int(index))


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def write_issued(out: Path, issued: IssuedCredential) -> None:
    """Write a credential to its file, and tell what there is to know about it."""
    write_output(out, issued.data)
    for warning in issued.warnings:
        click.echo(f"note: {warning.message} (at {warning.pointer}) [{warning.code}]", err=True)
    click.echo(f"Issued {issued.document['id']} to {out}")
