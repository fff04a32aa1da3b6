"""What is wrong with the new password of a form, in words."""

from __future__ import annotations

from flask import request

from service.pages.forms import FieldError
from service.pages.languages import N_, gettext
from service.sign_in.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, fault_of

PASSWORD_FAULTS = {
    "short": N_("A password has at least %(least)s characters. A few words in a row are good."),
    "long": N_("A password has at most %(most)s characters."),
    "plain": N_("This password is one key held down. Choose another one."),
    "known": N_("This password contains your address or the name of your institution."),
}


def password_errors(*others: str) -> list[FieldError]:
    """Name what is wrong with the field `password`; `others` are texts that anybody knows."""
    found = fault_of(request.form.get("password", ""), *others)
    if found is None:
        return []
    text = gettext(PASSWORD_FAULTS[found], least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
    return [FieldError("password", text)]
