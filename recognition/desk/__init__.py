"""The registrar's desk: applications come in, people decide them, learners are told.

Its pages are one room of the application (`new_desk`); a further part adds its own through
`DeskRoom` (docs/desk.md).
"""

from recognition.desk.access import Right, Role
from recognition.desk.desk import AddPart, new_desk
from recognition.desk.offers import Offer, Offers
from recognition.desk.room import SITE, START, DeskRoom
from recognition.desk.services import DeskServices
from recognition.desk.status_routes import status_routes
from recognition.desk.store import DeskStore

__all__ = [
    "SITE",
    "START",
    "AddPart",
    "DeskRoom",
    "DeskServices",
    "DeskStore",
    "Offer",
    "Offers",
    "Right",
    "Role",
    "new_desk",
    "status_routes",
]
