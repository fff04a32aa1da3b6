"""The command `tallystick issue`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from credentials.jose.writing import TokenForm
from frameworks.evidence import AssuranceClass
from issuer.requests import IssuanceRequest
from tallystick import composition, settings, verifying
from tallystick.files import read_json_object
from tallystick.issue_roster_option import or_a_roster
from tallystick.issuing import SD_JWT, form_option, issue_in_form, require_one_form, write_issued
from tallystick.status_ledger_in_use import StatusChoice, status_option
from tallystick.trust_files import read_resolver_map
from tallystick.using_registers import registers_in_use


@click.command()
@click.argument("request_file", metavar="REQUEST.json", required=False)
@click.option("--key", "uri", help="URI of the key that signs (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="File for the credential; with --roster a folder.",
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
@or_a_roster
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
    now, resolver = verifying.now(), read_resolver_map(resolver_map)
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
