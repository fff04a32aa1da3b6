"""The sample for review: the same for everybody, never less than the policy asks for."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.errors import RecognitionError
from recognition.oversight import draw_sample

IDS = [f"sha256:{number:064x}" for number in range(40)]
SEED = "Minutes of the Senate, 2 March 2026: 4 8 15 16 23 42"
ids = st.lists(st.sampled_from(IDS), min_size=1, unique=True)
rates = st.fractions(0, 1).filter(bool)


def test_anyone_draws_the_sample_from_the_seed() -> None:
    sample = draw_sample(IDS, seed=SEED, rate=Fraction(1, 10))
    by_hand = sorted((hashlib.sha256(f"{SEED}{one}".encode()).hexdigest(), one) for one in IDS)
    assert sample.ids == tuple(one for _digest, one in by_hand[:4])
    assert (sample.seed, sample.rate, sample.population) == (SEED, Fraction(1, 10), 40)


@given(ids, rates, st.randoms())
def test_the_order_in_which_decisions_are_given_does_not_matter(
    found: list[str], rate: Fraction, chance: object
) -> None:
    shuffled = [*found]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    drawn = draw_sample(found, seed=SEED, rate=rate)
    assert drawn == draw_sample(shuffled, seed=SEED, rate=rate)
    assert set(drawn.ids) <= set(found)
    assert len(found) * rate <= len(drawn.ids) < len(found) * rate + 1


@given(ids, rates, rates)
def test_a_larger_share_has_the_smaller_one_at_its_beginning(
    found: list[str], one: Fraction, other: Fraction
) -> None:
    fewer, more = sorted((one, other))
    part = draw_sample(found, seed=SEED, rate=fewer).ids
    assert draw_sample(found, seed=SEED, rate=more).ids[: len(part)] == part


def test_another_seed_draws_another_sample() -> None:
    drawn = {draw_sample(IDS, seed=f"{SEED}{n}", rate=Fraction(1, 4)).ids for n in range(20)}
    assert len(drawn) == 20


@pytest.mark.parametrize(
    ("found", "seed", "rate", "code"),
    [
        ([], SEED, Fraction(1), "NOTHING_TO_SAY"),
        (IDS, " ", Fraction(1), "SEED_MALFORMED"),
        (IDS, "x" * 1_001, Fraction(1), "SEED_MALFORMED"),
        (IDS, SEED, Fraction(0), "RATE_MALFORMED"),
        (IDS, SEED, Fraction(-1, 2), "RATE_MALFORMED"),
        (IDS, SEED, Fraction(101, 100), "RATE_MALFORMED"),
        ([IDS[0], IDS[0]], SEED, Fraction(1), "ID_TWICE"),
    ],
)
def test_what_would_be_no_sample_is_refused(
    found: list[str], seed: str, rate: Fraction, code: str
) -> None:
    with pytest.raises(RecognitionError) as caught:
        draw_sample(found, seed=seed, rate=rate)
    assert caught.value.code == code
