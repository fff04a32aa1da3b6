"""What a policy asks for, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json
from frameworks.amounts import canonical
from recognition.desk.offers import Offer
from recognition.policies.credential import read_policy_credential
from recognition.policies.gates import AcceptedIn
from recognition.policies.gates_in_words import ROUTES, in_words
from recognition.policies.phrases import Phrase, spoken
from recognition.policies.policy import Policy
from service.pages.languages import current_words, day_in_words


class PageVoice:
    """The language of the page that is being made."""

    def say(self, text: str) -> str:
        """Say a text of the catalogues."""
        return current_words().gettext(text)

    def say_number(self, one: str, many: str, number: int) -> str:
        """Say a text that depends on a number."""
        return current_words().ngettext(one, many, number)

    def day(self, value: date) -> str:
        """Write a day so that nobody takes the month for the day."""
        return day_in_words(value)

    def amount(self, value: Fraction) -> str:
        """Write an exact amount."""
        return canonical(value)


VOICE = PageVoice()


def sentences(phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """Say phrases in the language of the page."""
    return tuple(spoken(one, VOICE) for one in phrases)


def read_signed(data: bytes) -> Policy | None:
    """Read what the desk is told to decide by; what is no policy decides nothing there either."""
    try:
        return read_policy_credential(without_proof(parse_json(data))).policy
    except TallystickError:
        return None


def policy_of(offer: Offer | None, found: JsonObject | None) -> Policy | None:
    """Read the offer's policy, if it is the one by which a case was examined."""
    policy = None if offer is None else read_signed(offer.policy_credential)
    examined = found.get("policy") if found else None
    if policy is None or not examined:
        return None
    is_same = (policy.id, policy.version) == (examined["id"], examined["version"])
    return policy if is_same else None


def conditions(policy: Policy | None) -> Mapping[str, str]:
    """Say what each gate asks for, by its id."""
    gates = () if policy is None else policy.rules.gates
    return {gate.id: " ".join(sentences(tuple(in_words(gate.test)))) for gate in gates}


def accepted_words(policy: Policy | None) -> Mapping[str, tuple[str, ...]]:
    """Tell which words a policy accepts, by the fact that its gates hold against them.

    Where several gates read one fact, what all of them accept.
    """
    accepted: dict[str, tuple[str, ...]] = {}
    for gate in () if policy is None else policy.rules.gates:
        if isinstance(gate.test, AcceptedIn):
            words = gate.test.accepted
            before = accepted.get(gate.test.what, words)
            accepted[gate.test.what] = tuple(one for one in before if one in words)
    return accepted


def proposed_words(policy: Policy | None) -> list[str]:
    """List every word that a policy accepts for some fact."""
    return sorted({word for several in accepted_words(policy).values() for word in several})


def route(code: str) -> str:
    """Say where the learner goes who does not meet a condition."""
    return VOICE.say(ROUTES[code])
