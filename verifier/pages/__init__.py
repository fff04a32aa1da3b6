"""The verifier's page: somebody gives a file, a link or a text, and understands the answer.

Nothing that is given is stored: a page carries along what it is about.
"""

from verifier.pages.intake import LinkError
from verifier.pages.views import SITE, START, VerifierPage, new_verifier_pages

__all__ = ["SITE", "START", "LinkError", "VerifierPage", "new_verifier_pages"]
