"""What the sentences of the core take in, where their code does not show it as a sentence.

Values are words that stand in the place of a sentence.  A sentence that is here with its value in
it goes before the same with a place, since other languages inflect what stands around a value.
"""

from __future__ import annotations

from service.pages.languages import N_

VALUES = (
    N_("best-fit"),
    N_("to the nearest, halves up,"),
    N_("to the nearest, halves to the even one,"),
    N_("down"),
    N_("up"),
    N_("Of the list itself: {1} [{2}]"),
    N_("Of the list itself: {1}"),
    N_("{1} {2} credits"),
    N_("{1} {2} credits available"),
    N_("{1} ({2}). [{3}]"),
    N_("{1} [{2}]"),
    N_("(at {1})"),
    N_("of {1}"),
    N_("as {1}"),
    N_(", read at {1}"),
    N_("{1}, edition {2}"),
    N_("Class {1}: {2}: {3} ({4})."),
    N_("Class {1}: {2}: {3}, not confirmed by any register, since {4}."),
    N_("{1} credits"),
    N_("{1} credits available"),
    N_("{1} hours of learning"),
    N_("{1} hours of learning available"),
    N_("none stated as earned"),
    N_("level {1} of {2}"),
    N_("Open Badges 3.0 as first published"),
    N_("The award is made of another credential, which is not here"),
    N_("The award is made of {1} credentials, of which {2} are here"),
)

WHOLE = (
    N_("{1} of {2} hours of outcomes are at level {3} or above, which is at least half."),
    N_("{1} of {2} outcomes are at level {3} or above, which is at least half."),
    N_("{1} hours at {2} hours per credit ({3}, source {4}) are {5} credits."),
    N_("They are rounded {1} to a multiple of {2}, as the register says."),
    N_("They are rounded {1} to a multiple of {2}, since no mode is stated."),
    N_("The title contains a word that the framework forbids (rule {1})."),
    N_("The course has more credits than a micro-credential may have (rule {1}, source {2})."),
    N_("The course has fewer credits than a micro-credential must have (rule {1}, source {2})."),
    N_(
        "A rule of the framework is written in another unit, so it was not checked "
        "(rule {1}, source {2})."
    ),
    N_("At least {1} hours are asked for (rule {2}, source {3})."),
    N_("At most {1} hours are allowed (rule {2}, source {3})."),
    N_("This is not JSON: {1}. Line {2}, column {3}."),
    N_("Whether the key belongs to the issuer could not be confirmed."),
    N_("Whether the key belongs to the holder could not be confirmed."),
    N_(
        "The key that signed does not belong to the issuer that the document names. "
        "Somebody else signed it."
    ),
    N_(
        "The key that signed does not belong to the holder that the document names. "
        "Somebody else signed it."
    ),
    N_("The key that signed belongs to the holder {1}."),
    N_("There is no proof that could name the issuer."),
    N_("There is no proof that could name the holder."),
    N_("The badge's description was found by way of {1}, which is not its id."),
    N_("The issuer's profile was found by way of {1}, which is not its id."),
    N_("The badge's description has an id that cannot be looked up; its address stands for it."),
    N_("The issuer's profile has an id that cannot be looked up; its address stands for it."),
    N_("The issuer at {1} is not as it must be: {2}{3}"),
)

OF_PYTHON = (
    N_("Expecting value"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Expecting ':' delimiter"),
    N_("Expecting ',' delimiter"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
    N_("Invalid \\escape"),
    N_("Invalid \\uXXXX escape"),
    N_("Extra data"),
)
"""What Python's reader of JSON says of a fault (json.JSONDecodeError.msg)."""
