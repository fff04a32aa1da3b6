"""The second step of showing something: which fields, where a credential can be shown in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request

from service.pages import FieldError, gettext
from wallet.disclosing import Choice, choice_of, disclosed
from wallet.errors import WalletError
from wallet.pages.room import WalletRoom
from wallet.store import Holding, Learner

SEEN = "fields"
"""Form field that says that the learner saw what can be chosen."""


def choices_of(room: WalletRoom, held: Sequence[Holding]) -> dict[str, Choice]:
    """Find out what can be chosen, by the id of each credential that can be shown in parts."""
    environment = room.services.environment
    found = ((one.id, choice_of(one.data, environment)) for one in held)
    return {name: choice for name, choice in found if choice is not None}


def ask_for_fields(
    room: WalletRoom,
    learner: Learner,
    held: Sequence[Holding],
    choices: Mapping[str, Choice],
    *errors: FieldError,
    action: str,
    carried: Mapping[str, Sequence[str]],
) -> Response:
    """Show what is always shown and what can be kept back; nothing is chosen beforehand.

    `carried` are the fields of the form that led here.
    """
    return room.show(
        learner,
        "fields",
        status=422 if errors else 200,
        errors=errors,
        pairs=[(one, choices[one.id]) for one in held if one.id in choices],
        whole=[one for one in held if one.id not in choices],
        chosen={one: request.form.getlist(f"{SEEN}-{one}") for one in choices},
        action=action,
        pairs_carried=[(name, value) for name, values in carried.items() for value in values],
    )


def was_asked() -> bool:
    """Tell whether the form comes from the page where fields are chosen."""
    return SEEN in request.form


def parts_chosen(
    room: WalletRoom, held: Sequence[Holding], choices: Mapping[str, Choice]
) -> dict[str, bytes]:
    """Derive what the learner chose; raise `WalletError` (NOT_DISCLOSABLE)."""
    return {
        one.id: disclosed(
            one.data, request.form.getlist(f"{SEEN}-{one.id}"), room.services.environment
        )
        for one in held
        if one.id in choices
    }


def refused(error: WalletError) -> FieldError:
    """Say that nothing can be shown as it was chosen."""
    text = gettext("This cannot be shown as you chose: choose at least one field of each.")
    return FieldError(SEEN, text if error.code == "NOT_DISCLOSABLE" else error.message)
