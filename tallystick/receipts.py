"""Having receipts signed: by a key of the command's own, or by the process of a signer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from keys.did import Resolver
from keys.errors import KeyMaterialError
from keys.store import StoredKey
from tallystick import composition, settings, verifying
from tallystick.files import USAGE, CommandError, write_output
from tallystick.signers import is_remote, open_remote
from tallystick.trust_files import describe_trust
from verifier.checks.world import World
from verifier.grounds import Grounds, registers_of
from verifier.receipts import (
    Checked,
    ReceiptError,
    SignReceipt,
    receipt_document,
    receipt_subject,
)
from verifier.verifier import Inspection


@dataclass(frozen=True, slots=True)
class ReceiptWanted:
    """Where a receipt is written, and with which key it is signed."""

    out: Path
    uri: str

    @classmethod
    def of(cls, out: Path | None, uri: str | None) -> ReceiptWanted:
        """Take the options; tell a wrong call."""
        if out is None or uri is None:
            raise click.UsageError("--receipt and --key belong together.")
        return cls(out, uri)

    def write(
        self, data: bytes, inspection: Inspection, world: World, trust_files: tuple[str, ...]
    ) -> None:
        """Sign and write the receipt; the key is opened only after everything was looked up."""
        registers = None if world.registers is None else world.registers()
        grounds = Grounds(describe_trust(trust_files, verifying.now()), registers_of(registers))
        subject = receipt_subject(Checked(data, inspection, world), grounds)
        key = settings.signing_key(self.uri)
        write_output(self.out, serialize_json_for_people(signed_receipt(key, subject, None)))


def signed_receipt(key: StoredKey, subject: JsonObject, resolver: Resolver | None) -> JsonObject:
    """Sign a receipt, and release it only if the verifier accepts it."""
    document = receipt_document(
        subject,
        identifier=composition.new_id(),
        issuer=key.record.controller,
        now=verifying.now(),
    )
    return composition.sign_receipt(key, document, resolver)


def receipts_by(uri: str) -> SignReceipt:
    """Have receipts signed by a key that is not in this process.

    Raises `CommandError` for any other key: this process fetches what others publish.
    """
    if not is_remote(uri):
        text = (
            "receipt_key must be a key of a signer, signer:PATH-OF-SOCKET#NAME: this service "
            "fetches what others publish, and holds no key. Start one: tallystick signer serve KEY"
        )
        raise CommandError(text, USAGE)
    return signing_with(lambda: open_remote(uri))


def signing_with(open_key: Callable[[], StoredKey]) -> SignReceipt:
    """Build what signs receipts with a key that is opened for each, so that it can be ended."""

    def sign(subject: JsonObject) -> JsonObject:
        try:
            key = open_key()
            if not key.record.is_active():
                raise ReceiptError(f"The key {key.record.name} is {key.record.status}.")
            return signed_receipt(key, subject, None)
        except KeyMaterialError as error:
            raise ReceiptError(f"The receipt could not be signed: {error}") from error
        except ReceiptError:
            raise
        except TallystickError as error:
            raise ReceiptError(f"The receipt could not be signed: {error.message}") from error

    return sign
