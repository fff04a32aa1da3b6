"""The command `tallystick keys`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from keys.errors import KeyMaterialError
from keys.store import FileKeyStore, end_key, path_of
from keys.verification_key import KeyType
from tallystick import composition, settings, verifying
from tallystick.files import FAILURE, USAGE, CommandError
from tallystick.signers import is_remote, record_of
from tallystick.trust_files import web_address

KEY_TYPES = {"ed25519": KeyType.ED25519, "p256": KeyType.P256, "p384": KeyType.P384}


@click.group()
def keys() -> None:
    """Make and look after the keys that sign."""


@keys.command("new")
@click.argument("name")
@click.option("--type", "key_type", type=click.Choice(list(KEY_TYPES)), default="ed25519")
@click.option("--controller", help="did:web or https id of the owner (default: the key's did:key).")
@click.option("--device", help="Make it in a device: pkcs11:token=TOKEN?module-path=FILE.")
@click.option("--passphrase", is_flag=True, help="Protect the key with a passphrase.")
@click.option("--keys", "folder", type=click.Path(path_type=Path), help="Folder of the keys.")
def new_key(
    name: str,
    key_type: str,
    controller: str | None,
    device: str | None,
    passphrase: bool,
    folder: Path | None,
) -> None:
    """Make a new private key called NAME and print its URI and its owner's id."""
    where = folder or settings.keys_folder()
    if controller is not None and not controller.startswith(("did:web:", "https://")):
        raise CommandError("--controller is a did:web or an https URL.", USAGE)
    if controller is not None and controller.startswith("did:web:"):
        web_address(controller)
    kind, created = KEY_TYPES[key_type], verifying.now()
    if device is None:
        protection = settings.protection_for(where, wants_passphrase=passphrase)
        uri, record = FileKeyStore(where).create(
            name, kind, protection, created=created, controller=controller
        )
    else:
        from keys.hardware import DeviceAddress, create_device_key

        address = DeviceAddress.from_uri(device, label=name)
        uri, record = create_device_key(
            where, name, kind, address, settings.pin, created=created, controller=controller
        )
    click.echo(f"key:        {uri}\ncontroller: {record.controller}")


@keys.command("list")
@click.option("--keys", "folder", type=click.Path(path_type=Path), help="Folder of the keys.")
@click.pass_context
def list_keys(context: click.Context, folder: Path | None) -> None:
    """List the keys of a folder, without opening any."""
    records = FileKeyStore(folder or settings.keys_folder()).records()
    if not records:
        click.echo("There are no keys yet. Make one with: tallystick keys new NAME", err=True)
    for uri, record in records:
        if isinstance(record, KeyMaterialError):
            click.echo(f"{uri} is damaged: {record} [{record.code}]", err=True)
        else:
            kind = record.key.key_type.value
            click.echo(f"{uri}\t{kind}\t{record.status}\t{record.controller}")
    is_damaged = any(isinstance(record, KeyMaterialError) for _uri, record in records)
    context.exit(FAILURE if is_damaged else 0)


@keys.command("did")
@click.argument("uris", metavar="URI...", nargs=-1, required=True)
def show_did(uris: tuple[str, ...]) -> None:
    """Print the document that the owner of the keys URI publishes.

    Name all keys of the owner, the retired and revoked ones too: what they signed is checked by it.
    """
    document = composition.controller_document_of(*map(record_of, uris))
    click.echo(json.dumps(document, indent=2))


@keys.command("end")
@click.argument("uri")
@click.argument("status", type=click.Choice(["retired", "revoked"]))
def end(uri: str, status: str) -> None:
    """Retire or revoke the key URI; neither can be taken back."""
    if is_remote(uri):
        raise CommandError("A key of a signer is ended where its file is: name the file.", USAGE)
    if record_of(uri).device is None:
        record = end_key(
            uri, settings.protection_of(path_of(uri)), status=status, at=verifying.now()
        )
    else:
        from keys.hardware import end_device_key

        record = end_device_key(uri, settings.pin, status=status, at=verifying.now())
    click.echo(f"{record.name} is {record.status}.")
