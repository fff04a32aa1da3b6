"""The command `tallystick`."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from credentials.errors import TallystickError
from credentials.jose.writing import TokenForm
from frameworks.evidence import AssuranceClass
from issuer.lint import LintError
from issuer.requests import IssuanceRequest
from keys.errors import KeyMaterialError
from tallystick import composition, settings
from tallystick.derive_command import derive
from tallystick.explaining import printable
from tallystick.files import (
    DISK,
    FAILURE,
    INTERNAL,
    USAGE,
    CommandError,
    read_input,
    read_json_object,
)
from tallystick.image_commands import bake, unbake
from tallystick.issuing import SD_JWT, form_option, issue_in_form, require_one_form, write_issued
from tallystick.keys_command import keys
from tallystick.looking_up import offline_option, resolver_in_use, resolver_map_option
from tallystick.recognise_command import recognise
from tallystick.register_command import register
from tallystick.sd_jwt_command import present, token_status_list
from tallystick.serve_command import issuer, verifier
from tallystick.stack_command import stack
from tallystick.status_command import status
from tallystick.status_ledger_in_use import StatusChoice, status_option
from tallystick.status_memory_file import memory_in_use, status_memory_option
from tallystick.telling import verify_and_tell
from tallystick.time_option import TimeOption
from tallystick.trust_files import (
    read_adopters,
    read_resolver_map,
    read_trust,
)
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from tallystick.value_command import explain_value, value_json
from tallystick.worked_cases_command import cases
from verifier.report import Verdict
from verifier.verifier import Verifier

KNOWN_SINCE = "When the credential was there already, by dated evidence of your own."
EXIT_STATUS = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.INDETERMINATE: 2}


@click.group()
@click.version_option(package_name="tallystick", message="%(package)s %(version)s")
def tallystick() -> None:
    """Issue and verify micro-credentials that say what they are worth."""


@tallystick.command()
@click.argument("request_file", metavar="REQUEST.json")
@click.option("--key", "uri", required=True, help="URI of the key that signs (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the credential.",
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
def issue(
    request_file: str,
    uri: str,
    out: Path,
    suites: tuple[str, ...],
    forms: tuple[str, ...],
    mandatory: tuple[str, ...],
    resolver_map: str | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    endorsements: tuple[str, ...],
    value_faults: str,
    least_assurance: str,
    token_status: str | None,
    **status_choice: Any,
) -> None:
    """Check REQUEST.json, sign it with a key and write the credential to a file.

    Level and credits are held against the registers; a fault in them, or an endorsement that does
    not hold, stops the issuance unless --value-faults says warn, and so does a value of a lower
    class than --least-assurance.  With --suite ecdsa-sd-2023 the credential is for its holder, who
    chooses what to show of it (tallystick derive).
    """
    form = require_one_form(suites, mandatory, forms, status_choice["status_list"])
    request = IssuanceRequest.from_json(read_json_object(request_file))
    request = request.with_endorsements(map(read_json_object, endorsements))
    key = settings.signing_key(uri)
    now, resolver = composition.now(), read_resolver_map(resolver_map)
    issuer = composition.issuer_for(
        key,
        resolver=resolver,
        suites=suites,
        mandatory=mandatory,
        registers=registers_in_use(register_files, trust_files, resolver, now),
        refuses_faults=value_faults == "refuse",
        least_assurance=AssuranceClass(least_assurance),
        form=None if form in (None, SD_JWT) else TokenForm(form),
    )
    token = StatusChoice(**status_choice).given(issuer, issuer.prepare(request, now=now), now)
    write_issued(out, issue_in_form(issuer, token, now, form, token_status))


@tallystick.command()
@click.argument("file", metavar="FILE|-")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--at", type=TimeOption(), help="Judge as of this time instead of now.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@resolver_map_option
@offline_option
@click.option("--challenge", "--nonce", "challenge", help="Challenge that it must answer.")
@click.option("--domain", "--audience", "domain", help="Domain that it must be made for.")
@click.option("--recipient", help="Id or mail address of whom the credential must be about.")
@click.option("--known-since", type=TimeOption(), help=KNOWN_SINCE)
@click.option("--refresh", is_flag=True, help="Follow its refresh service, once.")
@click.option(
    "--accept-undisclosed",
    "accepts_undisclosed",
    is_flag=True,
    help="Take an end or status that a holder does not disclose as not being there.",
)
@status_memory_option
@click.pass_context
def verify(
    context: click.Context,
    /,
    file: str,
    as_json: bool,
    at: datetime | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
    refresh: bool,
    memory_file: Path | None,
    **expected: Any,
) -> None:
    """Verify a credential or presentation.

    Documents of issuers and status lists are fetched from public https servers, unless
    --resolver-map or --offline (or TALLYSTICK_OFFLINE=1) says otherwise.

    Exit status: 0 valid, 1 not valid, 2 cannot be decided, 64 called wrongly, 70 a defect of the
    software, 74 a file or stream failed.
    """
    now, resolver = at or composition.now(), resolver_in_use(resolver_map, offline=offline)
    world = composition.verifying_world(
        at=now,
        resolver=resolver,
        trust=read_trust(trust_files),
        registers=registers_in_use(register_files, trust_files, resolver, now),
        adopters=read_adopters(trust_files),
        status_memory=memory_in_use(memory_file),
        **expected,
    )
    told = verify_and_tell(read_input(file), world, as_json=as_json, refreshes=refresh)
    context.exit(EXIT_STATUS[told])


@tallystick.command()
@click.argument("file", metavar="FILE|-")
@click.option("--json", "as_json", is_flag=True, help="Print the value section as JSON.")
@click.option("--at", type=TimeOption(), help="Judge as of this time instead of now.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@resolver_map_option
@offline_option
@click.pass_context
def value(
    context: click.Context,
    file: str,
    as_json: bool,
    at: datetime | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
) -> None:
    """Explain what a credential is worth, in every framework that the registers reach.

    The credential is verified first; the exit status is that of verify.
    """
    now, resolver = at or composition.now(), resolver_in_use(resolver_map, offline=offline)
    registers = registers_in_use(register_files, trust_files, resolver, now)
    world = composition.verifying_world(
        at=now,
        resolver=resolver,
        registers=registers,
        adopters=read_adopters(trust_files),
        status_memory=memory_in_use(),
    )
    report = Verifier(world).check(read_input(file))
    if as_json:
        click.echo(json.dumps(value_json(report), indent=2))
    else:
        click.echo("\n".join(map(printable, explain_value(report))))
    context.exit(EXIT_STATUS[report.verdict])


@tallystick.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Folder to keep the files in.")
def demo(keep: Path | None) -> None:
    """Play the whole story: two institutions issue, a verifier without keys checks."""
    from tallystick.demo import run_demo

    run_demo(keep)


tallystick.add_command(present)
tallystick.add_command(token_status_list)
tallystick.add_command(bake)
tallystick.add_command(unbake)
tallystick.add_command(derive)
tallystick.add_command(cases)
tallystick.add_command(keys)
tallystick.add_command(register)
tallystick.add_command(recognise)
tallystick.add_command(stack)
tallystick.add_command(issuer)
tallystick.add_command(verifier)
tallystick.add_command(status)


def main() -> NoReturn:
    """Run the command; every error is one line on standard error, never a traceback."""
    _forgive_encodings()
    try:
        status = tallystick.main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        _fail("Interrupted.", 130)
    except click.UsageError as error:
        error.show()
        sys.exit(USAGE)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has closed it; Python must not complain a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DISK)
    except Exception as error:  # noqa: BLE001 - the edge: a defect must not end as a verdict
        _fail(*_explanation(error))


def _explanation(error: Exception) -> tuple[str, int]:
    """Say in words what went wrong, and with which status.

    1 and 2 are verdicts of `verify`; what can go wrong there has other statuses.
    """
    match error:
        case CommandError():
            return str(error), error.status
        case LintError():
            found = error.findings
            lines = (f"  {item.message} (at {item.pointer}) [{item.code}]" for item in found)
            return "\n".join(("This cannot be issued:", *lines)), FAILURE
        case TallystickError():
            return _in_one_line(error), FAILURE
        case KeyMaterialError():
            return f"{error} [{error.code}]", FAILURE
        case OSError():
            name = error.filename or "A file"
            return f"{name} cannot be used: {error.strerror or error}.", DISK
    return f"A defect of this software ({type(error).__name__}) stopped it; report it.", INTERNAL


def _in_one_line(error: TallystickError) -> str:
    place = f" (at {error.pointer})" if error.pointer else ""
    return f"{error.message}{place} [{error.code}]"


def _forgive_encodings() -> None:
    """Write letters that the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(message: str, status: int) -> NoReturn:
    # A message may repeat what stands in a file; each line stays one line.
    click.echo("\n".join(map(printable, message.split("\n"))), err=True)
    sys.exit(status)
