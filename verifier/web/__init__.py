"""The verifier over HTTP: the verifying half of the VC-API (W3C CCG)."""

from verifier.web.application import VerifierInstance, new_verifier_application
from verifier.web.challenges import Challenges

__all__ = ["Challenges", "VerifierInstance", "new_verifier_application"]
