"""What a wallet adds up to, by the published rules."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from frameworks.amounts import Interval
from frameworks.levels import Level
from service.pages.languages import LANGUAGES, read_catalogue
from stacking import Lot, Outcome
from stacking.account import Telling
from stacking.plain_words import counted_text
from stacking.texts import ENGLISH
from tests.wallet.wallets import WalletOffice, badge, course, registers
from wallet.awards import Awards, PublishedRule
from wallet.pages.plan_words import in_this_language

TODAY = date(2026, 11, 23)
RULE = """
id = "urn:test:rule"
title = "Two courses"
unit = "nzqcf"
framework = "nz-nzqcf"

[[constraints]]
id = "all"
type = "sum"
min = "40"
"""


def verified(office: WalletOffice, *documents: object) -> list[VerifiedCredential]:
    found = office.verify([serialize_json(one) for one in documents])
    return [one for one in found if one is not None]


def test_credentials_add_up_and_what_is_missing_is_told(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1))
    page = learner.get("/awards")
    assert "Not yet" in page
    assert "Missing: 20 credits" in learner.get("/awards/nz-certificate")
    learner.add(course(2, name="Another"))
    assert "Everything is there" in learner.get("/awards")


def test_a_credential_and_its_copy_count_once_and_the_page_says_why(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1), badge(2))
    page = learner.get("/awards/nz-certificate")
    assert "Missing: 20 credits" in page
    assert "the same credential in two forms" in page


def test_what_is_not_valid_now_does_not_count(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1), badge(2, validUntil="2026-02-01T00:00:00Z"))
    assert "Your 1 credential that is valid now" in learner.get("/awards")


def test_the_picture_says_what_the_table_says(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1))
    answer = learner.client.get("/awards/nz-certificate/picture.svg")
    assert answer.content_type == "image/svg+xml"
    assert "20 credits" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_plan_is_told_in_the_language_of_the_page(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1), badge(2))
    for tag, words in (
        ("fr-CA", ("Il manque\N{NO-BREAK SPACE}: 20 crédits", "le même titre sous deux formes")),
        ("es", ("Falta: 20 créditos", "la misma credencial en dos formas")),
    ):
        page = learner.get(f"/awards/nz-certificate?lang={tag}")
        assert all(one in page for one in words)
        assert ' lang="en"' not in page.partition("<main")[2]
        picture = learner.client.get(f"/awards/nz-certificate/picture.svg?lang={tag}")
        assert words[0].partition(": ")[2] in picture.text


def test_a_plans_words_keep_their_places_in_every_language() -> None:
    for language in LANGUAGES[1:]:
        catalogue = read_catalogue("service.plan_words", language)
        said = {one.id: one.string for one in catalogue if one.id}
        for text in (*ENGLISH.phrases.values(), *(one.why for one in ENGLISH.reasons.values())):
            told = said.get(text, text)
            assert set(re.findall(r"{\w+}", told)) == set(re.findall(r"{\w+}", text)), told


def test_one_and_many_are_told_as_in_the_language(office: WalletOffice) -> None:
    application = office.learner().client.application
    told = {}
    for tag in ("en", "fr-CA", "es"):
        with application.test_request_context(headers={"Accept-Language": tag}):
            texts = in_this_language(Telling()).texts
            told[tag] = [counted_text(Interval.of(Fraction(n, 2)), "year", texts) for n in (2, 3)]
    assert told == {"en": ["1 year", "1.5 years"], "fr-CA": ["1 an", "1,5 an"],
                    "es": ["1 año", "1,5 años"]}  # fmt: skip


def test_an_award_that_nobody_knows_is_not_found(office: WalletOffice) -> None:
    office.learner().get("/awards/doctor-of-everything", 404)


def test_two_credentials_of_one_id_count_once_and_the_other_is_told(
    office: WalletOffice,
) -> None:
    awards = Awards([PublishedRule("r", RULE)], registers())
    twins = verified(office, badge(1), badge(1, name="Of the same id"))
    found = awards.progress("r", twins, TODAY)
    assert found is not None
    assert found.plan.outcome is Outcome.NOT_YET
    assert [one.reason for one in found.telling.left_out] == ["LOT_DUPLICATE"]


def test_an_offered_course_is_told_with_what_it_would_change(office: WalletOffice) -> None:
    offer = Lot(
        id="1. Welding II",
        amount=Fraction(20),
        unit="nzqcf",
        level=Level("nz-nzqcf", "5"),
        awarded=TODAY,
    )
    awards = Awards([PublishedRule("r", RULE)], registers(), offers=[offer])
    found = awards.progress("r", verified(office, badge(1)), TODAY)
    assert found is not None
    ((change,),) = [one.changes for one in found.unlocks]
    assert (change.before, change.after) == (Outcome.NOT_YET, Outcome.AWARD)


def test_a_rule_that_does_not_fit_the_registers_is_told_and_hides_no_other(
    office: WalletOffice,
) -> None:
    services = office.services()
    bad = PublishedRule("bad", RULE.replace("nz-nzqcf", "no-such").replace("Two", "Bad"))
    assert Awards([bad], registers()).titles == {"bad": "Bad courses"}
    object.__setattr__(services, "awards", Awards([bad, PublishedRule("r", RULE)], registers()))
    office.services = lambda: services  # type: ignore[method-assign]
    page = office.learner().get("/awards")
    assert "Two courses" in page
    assert "no register in use knows the framework no-such" in page
