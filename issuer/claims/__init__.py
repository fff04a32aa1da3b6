"""How a learner gets their credential: a link of their own, and a page behind it.

`offers` makes claims and writes letters, `letters` says what is in them, `pages` is what a link
opens, `downloads` what can be taken there, `sheet` the paper for a class.  Nothing here holds a key
or opens a connection: letters wait in the store until a process of its own sends them.
"""

from issuer.claims.notices import queue_notices, remind_late, write_letters
from issuer.claims.offers import ClaimDesk
from issuer.claims.pages import ClaimSettings, claim_pages
from issuer.claims.sheet import SheetCard, claim_sheet

__all__ = [
    "ClaimDesk",
    "ClaimSettings",
    "SheetCard",
    "claim_pages",
    "claim_sheet",
    "queue_notices",
    "remind_late",
    "write_letters",
]
