"""The commands for SD-JWT VCs: `present` for holders, `token-status-list` for issuers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from credentials.errors import PresentationError
from credentials.json_types import pointer_to
from credentials.sd_jwt.confirmation import holder_of
from credentials.sd_jwt.key_binding import bind
from credentials.sd_jwt.open_badge import LEARNER
from credentials.sd_jwt.presenting import select
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.status.status_list_token import StatusListToken
from credentials.status.token_status_list import INVALID, SUSPENDED, TokenStatusList
from credentials.urls import require_url
from keys.did import NoNetworkResolver, controller_document
from tallystick import settings, verifying
from tallystick.files import USAGE, CommandError, read_input, write_output
from verifier.formats import is_sd_jwt
from verifier.sd_jwt import open_sd_jwt

ENTRIES = 131_072
"""How many entries a status list has if nothing is said, so that one hides among many."""

BITS = 2
"""Bits of an entry, so that it can be revoked and suspended."""


@click.command()
@click.argument("file", metavar="SD-JWT|-")
@click.option("--disclose", "names", multiple=True, help="Claim to show; repeat it for several.")
@click.option("--everything", is_flag=True, help="Show all that can be shown.")
@click.option("--list", "lists", is_flag=True, help="Only list what can be shown or kept back.")
@click.option("--key", "uri", help="URI of your key, to sign the presentation with (file:PATH).")
@click.option("--nonce", "--challenge", "nonce", help="Nonce that the verifier gave you.")
@click.option("--audience", "--domain", "audience", help="Identifier of the verifier.")
@click.option(
    "--out",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the presentation.",
)
def present(
    file: str,
    names: tuple[str, ...],
    everything: bool,
    lists: bool,
    uri: str | None,
    nonce: str | None,
    audience: str | None,
    out: Path | None,
) -> None:
    """Show a part of an SD-JWT VC that you hold, and keep the rest back.

    Without --disclose nothing about you is shown.  With --key the presentation is signed with your
    key, for the verifier who gave you --nonce and --audience.
    """
    sd_jwt, processed = _open(file)
    if lists:
        for place in sorted(processed.disclosed, key=str):
            click.echo(_name(place, processed))
        return
    if out is None:
        raise click.UsageError("Name a file for the presentation with --out.")
    if (uri is None) is not (nonce is None) or (uri is None) is not (audience is None):
        raise click.UsageError("--key, --nonce and --audience belong together.")
    places = list(processed.disclosed) if everything else _places(names, processed)
    shown = select(sd_jwt, processed, places)
    if uri is not None:
        shown = _signed(shown, processed, uri, str(nonce), str(audience))
    write_output(out, shown.to_compact().encode("ascii"))
    click.echo(f"Showing {len(shown.disclosures)} of {len(sd_jwt.disclosures)} claims in {out}")


def _open(file: str) -> tuple[SdJwt, ProcessedPayload]:
    """Read a credential as its holder does (RFC 9901 section 7.2), one with a key binding never."""
    data = read_input(file)
    if not is_sd_jwt(data):
        raise CommandError(f"{file} is not an SD-JWT.", USAGE)
    opened = open_sd_jwt(data)
    if opened.sd_jwt.key_binding_jwt is not None:
        raise PresentationError(
            "This is a presentation that somebody signed, not the credential itself. Use the file "
            "that the issuer gave you.",
            code="KEY_BINDING_PRESENT",
        )
    compact = replace(opened.sd_jwt, further_jwts=())
    return compact, process(opened.payload, opened.sd_jwt.disclosures)


def _places(names: tuple[str, ...], processed: ProcessedPayload) -> list[Steps]:
    known = {_name(place, processed): place for place in processed.disclosed}
    known |= {pointer_to(place): place for place in processed.disclosed}
    unknown = [name for name in names if name not in known]
    if unknown:
        choice = ", ".join(sorted(_name(place, processed) for place in processed.disclosed))
        raise CommandError(
            f"There is no claim {unknown[0]} to show or keep back. There are: {choice or 'none'}.",
            USAGE,
        )
    return [known[name] for name in names]


def _name(place: Steps, processed: ProcessedPayload) -> str:
    """Name a place for people: a member of `learner`, or a claim, by its name alone."""
    is_plain = place[0] == LEARNER and len(place) == 2 and (place[1],) not in processed.disclosed
    if is_plain or len(place) == 1:
        return str(place[-1])
    return pointer_to(place)


def _signed(
    shown: SdJwt, processed: ProcessedPayload, uri: str, nonce: str, audience: str
) -> SdJwt:
    key = settings.signing_key(uri)
    now = verifying.now()
    holder = holder_of(
        processed.claims, lambda owner: controller_document(owner, NoNetworkResolver()), now
    )
    if holder.key != key.signer.verification_key:
        raise PresentationError(
            "The credential is bound to another key than this one.", code="KEY_NOT_CONFIRMED"
        )
    return bind(
        shown,
        key.signer,
        nonce=nonce,
        audience=audience,
        issued_at=now,
        algorithm=processed.algorithm,
    )


@click.command("token-status-list")
@click.argument("address", metavar="URL")
@click.option("--key", "uri", required=True, help="URI of the key that issued the credentials.")
@click.option("--revoked", multiple=True, type=int, help="Entry that is revoked for good.")
@click.option("--suspended", multiple=True, type=int, help="Entry that is suspended for now.")
@click.option(
    "--entries",
    type=click.IntRange(8, 1_000_000),
    default=ENTRIES,
    show_default=True,
    help="How many entries the list has.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3_650),
    default=7,
    show_default=True,
    help="How long the list holds.",
)
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the list.",
)
def token_status_list(
    address: str,
    uri: str,
    revoked: tuple[int, ...],
    suspended: tuple[int, ...],
    entries: int,
    days: int,
    out: Path,
) -> None:
    """Sign the token status list that is published at URL, for the credentials of a key.

    Every entry is valid that is neither --revoked nor --suspended; the list holds for --days.
    """
    key, now = settings.signing_key(uri), verifying.now()
    require_url(address)
    statuses = dict.fromkeys(suspended, SUSPENDED) | dict.fromkeys(revoked, INVALID)
    size = entries + -entries % (8 // BITS)
    token = StatusListToken(
        subject=address,
        issued_at=now,
        expires=now + timedelta(days=days),
        time_to_live=timedelta(days=days) / 2,
        status_list=TokenStatusList.of(statuses, bits=BITS, size=size),
        issuer=key.record.controller,
    )
    signed = token.sign(key.signer, key_id=key.record.verification_method)
    write_output(out, signed.encode("ascii"))
    click.echo(f"Signed {size} entries, {len(statuses)} of them not valid, to {out}")
