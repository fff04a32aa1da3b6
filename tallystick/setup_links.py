"""Letting people into an office by a command: roles, and a link by which they set a password."""

from __future__ import annotations

from collections.abc import Iterable

from service.mail.addresses import is_address
from service.people import Act, Office
from tallystick.files import USAGE, CommandError


def mail_address(email: str) -> str:
    """Read a mail address as an office keeps it; raise `CommandError` for what is none."""
    address = email.strip().lower()
    if not is_address(address):
        raise CommandError(f"{email} is no mail address.", USAGE)
    return address


def setup_link(
    office: Office, act: Act, email: str, name: str, roles: Iterable[str], base: str
) -> str:
    """Add somebody with roles, or give roles to somebody there, and make their link below `base`.

    Whoever is not there yet is added only with a role: an address that was mistyped makes no
    account.  Raises `CommandError`.
    """
    address, given = mail_address(email), tuple(roles)
    user = office.people.with_email(address)
    if user is None and not given:
        raise CommandError(f"There is nobody with {address}; give them a --role.", USAGE)
    user = user or office.people.add(act, email=address, name=name or address)
    for role in given:
        office.grant(act, user.id, role)
    return f"{base.rstrip('/')}/desk/setup/{office.people.make_setup_link(act, user.id)}"
