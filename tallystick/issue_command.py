"""The command `tallystick issue`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from issuer.requests import IssuanceRequest
from tallystick import composition, settings, verifying
from tallystick.files import USAGE, CommandError, read_json_object
from tallystick.issue_asked import IssueAsked
from tallystick.issue_roster_option import or_a_roster
from tallystick.issuing import SD_JWT, form_option, issue_in_form, require_one_form, write_issued
from tallystick.status_ledger_in_use import StatusChoice, status_option
from tallystick.stream_options import Many, stream_options


@click.command()
@click.argument("request_file", metavar="REQUEST.json|-", required=False)
@click.option("--key", "uri", help="URI of the key that signs (file:PATH).")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File for the credential; with --roster a folder; for many a new file, or none.",
)
@click.option(
    "--suite",
    "suites",
    multiple=True,
    type=click.Choice(sorted(composition.ISSUED)),
    help="Kind of proof; several make a proof set. Default: RDF canonicalization.",
)
@form_option("--jwt", "jwt", "As a token (JWT) of Open Badges 3.0.")
@form_option("--vc-jwt", "vc+jwt", "As a token of the type vc+jwt.")
@form_option("--sd-jwt", SD_JWT, "As an SD-JWT VC derived from it.")
@click.option("--mandatory", multiple=True, help="JSON pointer to what a holder must show, too.")
@click.option("--resolver-map", help="JSON object: URL to local file, for what the check looks up.")
@click.option("--trust", "trust_files", multiple=True, help="File with authorities you believe.")
@click.option("--register", "register_files", multiple=True, help="Signed register to hold it to.")
@click.option("--endorsement", "endorsements", multiple=True, help="Endorsement to embed.")
@click.option(
    "--value-faults",
    type=click.Choice(["refuse", "warn"]),
    default="refuse",
    show_default=True,
    help="What a fault in the values does.",
)
@click.option(
    "--least-assurance",
    type=click.Choice(["A", "B", "C", "D"]),
    default="D",
    show_default=True,
    help="Issue nothing of a lower class.",
)
@click.option("--token-status", help="URL#INDEX: its entry in a token status list (--sd-jwt).")
@status_option
@stream_options
@or_a_roster
@click.pass_context
def issue(
    context: click.Context,
    /,
    request_file: str,
    out: Path | None,
    forms: tuple[str, ...],
    token_status: str | None,
    many: Many,
    **options: Any,
) -> None:
    """Check REQUEST.json, sign it with a key and write the credential to a file.

    Level and credits are held against the registers; a fault in them, or an endorsement that does
    not hold, stops the issuance unless --value-faults says warn, and so does a value of a lower
    class than --least-assurance.  With --suite ecdsa-sd-2023 the credential is for its holder, who
    chooses what to show of it (tallystick derive).

    With --jsonl, each line is a request, and each line of the output a credential; a line that is
    refused is told with its number, and the others go on.  With --parquet, each row has a request
    in a column; --out has a row for each, with the credential or why there is none (.parquet), or
    the credentials (.jsonl).

    Exit status: 0 issued (all lines), 1 refused (any line), 64 called wrongly, 70 a defect of the
    software, 74 a file or stream failed.
    """
    form = require_one_form(options["suites"], options["mandatory"], forms, options["status_list"])
    asked = IssueAsked(form=form, **options)
    if many.is_asked_for:
        from tallystick.streams import issue_stream
        from tallystick.streams.issuing_work import IssueLines

        if token_status is not None:
            text = "--token-status is of one credential: leave out --jsonl and --parquet."
            raise CommandError(text, USAGE)
        issue_all = issue_stream.issue_rows if many.is_parquet else issue_stream.issue_lines
        context.exit(issue_all(request_file, IssueLines(asked), out, many))
    if out is None:
        raise CommandError("Name a file for the credential: --out.", USAGE)
    _issue_one(request_file, asked, out, token_status)


def _issue_one(request_file: str, asked: IssueAsked, out: Path, token_status: str | None) -> None:
    request = IssuanceRequest.from_json(read_json_object(request_file))
    request = request.with_endorsements(map(read_json_object, asked.endorsements))
    key, now = settings.signing_key(asked.uri), verifying.now()
    issuer = asked.issuer(key, now)
    choice = StatusChoice(asked.status_list, asked.status_ledger_url)
    token = choice.given(issuer, issuer.prepare(request, now=now), now)
    write_issued(out, issue_in_form(issuer, token, now, asked.form, token_status))
