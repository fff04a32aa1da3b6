"""What a Senate sees of recognition, and what everybody sees of it.

Policies in plain words and their versions, adopting and suspending them, samples for review, what
oversight computes, what a draft would have changed; and the published figures (docs/desk.md).
"""

from recognition.senate.jobs import Jobs
from recognition.senate.part import add_senate
from recognition.senate.services import SenateServices

__all__ = ["Jobs", "SenateServices", "add_senate"]
