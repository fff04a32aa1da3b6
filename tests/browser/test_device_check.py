"""The check on the reader's own device: what it says, and that it agrees with the verifier."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import Page

from keys.did import MappingResolver
from tests.browser.conftest import Serve
from tests.browser.looking import Pictures, is_readable, walk
from tests.browser_cases import (
    Case,
    attacks,
    carried,
    drawings_read_differently,
    fixtures,
    mutated,
    own,
)
from tests.browser_derived_cases import derived_proofs, mutated_derived
from tests.browser_legacy_cases import legacy_badges, mutated_legacy
from tests.browser_sd_jwt_cases import mutated_sd_jwts, sd_jwts
from tests.browser_tricks import entries_of_several_bits, old_lists, tricks
from tests.credentials.baking.images import itxt, plain_text, png
from tests.factories import NOW, world
from tests.verifier.legacy_badges import ASSERTION, assertion, published
from tests.verifier.pages.samples import TRUST, documents, page_service, samples, the_page
from verifier.answers import Answer
from verifier.sources import Lookups, Origin, Retrieved

MOST_MILLISECONDS = 1_000
"""How long the first check of a page may take (the loading of the module included)."""

JUDGE = """async (cases) => {
  const { check, Gone } = await import("/assets/verify/device-check.js");
  const told = {};
  for (const { name, data, now, documents, gone } of cases) {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const lookUp = async (url) => {
      if (gone.includes(url)) throw new Gone(url);
      return Object.hasOwn(documents, url) ? structuredClone(documents[url]) : undefined;
    };
    told[name] = (await check(bytes, { now: new Date(now), lookUp })).verdict;
  }
  return told;
}"""


OLD_BADGE = assertion(issuedOn="2016-12-31T23:59:59Z")


class Published:
    """What can be looked up, as a service finds it."""

    def retrieve(self, url: str) -> Retrieved:
        found = {**documents(), **published(OLD_BADGE)}
        return Retrieved(MappingResolver(found)(url), Origin.LIVE, NOW)

    def keep(self) -> None:
        """Nothing is kept."""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    looked_up = Lookups(Published)
    return serve(page_service(the_page(world=lambda: world(trust=TRUST, resolver=looked_up))))


def judged(page: Page, address: str, cases: Iterable[Case]) -> Iterator[tuple[Case, str]]:
    page.goto(f"{address}/device")
    for case in cases:
        (told,) = page.evaluate(JUDGE, [case.to_json()]).values()
        yield case, told


def test_the_conformance_data_are_judged_as_the_verifier_judges_them(
    page: Page, address: str, conformance: Path
) -> None:
    cases = list(chain(fixtures(conformance), attacks(conformance)))
    assert len(cases) >= 840
    found = Counter(case.told() for case in cases)
    assert (found["valid"] >= 47, found["indeterminate"] <= 5) == (True, True), found
    for case, told in judged(page, address, cases):
        assert told == case.told(), case.name


def test_no_document_is_told_to_be_good_or_bad_where_the_verifier_says_otherwise(
    page: Page, address: str
) -> None:
    found = agreement(page, address, chain(own(), carried(), mutated(1, 200)))
    assert found["valid, here valid"] >= 85
    assert found["invalid, here invalid"] >= 150
    assert found["valid, here indeterminate"] <= 10
    assert found["invalid, here indeterminate"] == 0


def test_what_two_readers_could_take_differently_is_told_as_the_verifier_tells_it_or_left(
    page: Page, address: str
) -> None:
    found = agreement(page, address, tricks())
    assert found["invalid, here invalid"] >= 35
    # Names of JavaScript in a key of a token (5) or a literal of JSON (1), which its engine could
    # lose; a key in which a name stands twice (1); an address longer than is read there (1).
    assert found["valid, here indeterminate"] <= 8
    assert found["invalid, here indeterminate"] == 0


def test_no_list_of_another_kind_makes_a_credential_what_the_verifier_does_not_say(
    page: Page, address: str
) -> None:
    found = agreement(page, address, chain(old_lists(), entries_of_several_bits()))
    assert found["valid, here valid"] >= 23
    assert found["invalid, here invalid"] >= 28
    # Lists with an id whose escapes are none: a browser cannot decode it to compare.
    assert found["valid, here indeterminate"] <= 4
    assert found["invalid, here indeterminate"] == 0


def test_drawings_that_readers_of_xml_take_differently_are_left_to_the_service(
    page: Page, address: str
) -> None:
    cases = list(drawings_read_differently())
    found = agreement(page, address, cases)
    # The verifier refuses them; the browser's reader may not see what it refuses them for.
    assert found == {"invalid, here indeterminate": len(cases)}


def test_no_badge_of_open_badges_2_is_told_to_be_what_the_verifier_does_not_say(
    page: Page, address: str
) -> None:
    found = agreement(page, address, legacy_badges())
    assert found["valid, here valid"] >= 25
    assert found["invalid, here invalid"] >= 80
    assert found["valid, here indeterminate"] <= 10
    assert found["invalid, here indeterminate"] <= 10
    found = agreement(page, address, mutated_legacy(1, 300))
    assert found["valid, here valid"] >= 170
    assert found["invalid, here invalid"] >= 60
    assert found["valid, here indeterminate"] + found["invalid, here indeterminate"] <= 2


def test_no_sd_jwt_is_told_to_be_what_the_verifier_does_not_say(page: Page, address: str) -> None:
    found = agreement(page, address, chain(sd_jwts(), mutated_sd_jwts(1, 150)))
    assert found["valid, here valid"] >= 55
    assert found["invalid, here invalid"] >= 100
    assert found["valid, here indeterminate"] <= 4
    assert found["invalid, here indeterminate"] <= 8


def test_no_derived_proof_is_told_to_be_what_the_verifier_does_not_say(
    page: Page, address: str
) -> None:
    found = agreement(page, address, chain(derived_proofs(), mutated_derived(1, 100)))
    assert found["valid, here valid"] >= 35
    assert found["invalid, here invalid"] >= 100
    assert found["valid, here indeterminate"] <= 1
    assert found["invalid, here indeterminate"] == 0


def agreement(page: Page, address: str, cases: Iterable[Case]) -> Counter[str]:
    """Count what verifier and device say; the device never says the contrary."""
    found: Counter[str] = Counter()
    for case, told in judged(page, address, cases):
        found[f"{case.told()}, here {told}"] += 1
        assert told in (case.told(), "indeterminate"), case.name
    return found


def check_on_device(
    page: Page, address: str, data: bytes, name: str = "badge.json", kind: str = "application/json"
) -> None:
    page.goto(f"{address}/device")
    page.get_by_label("The file that you were given").set_input_files(
        {"name": name, "mimeType": kind, "buffer": data}
    )
    page.get_by_role("button", name="Check on this device").click()
    page.locator("[data-result]").wait_for(state="visible")


TITLES = {
    Answer.VALID: "In order, as far as this device can tell",
    Answer.ISSUER_NOT_KNOWN: "In order, as far as this device can tell",
    Answer.UNDECIDED: "This device cannot decide it",
}


def test_a_credential_is_checked_without_being_sent(
    page: Page, address: str, pictures: Pictures
) -> None:
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or ""))
    for answer, data in samples().items():
        if answer in (Answer.NOT_YET_VALID, Answer.EXPIRED):
            continue  # The browser's clock is not that of the samples.
        check_on_device(page, address, data)
        title = page.locator("[data-verdict]:visible h2").inner_text()
        assert title == TITLES.get(answer, "Not valid"), answer
        pictures.take(page, f"device-{answer.value}.png")
    assert not any("credentialSubject" in body or "proofValue" in body for body in sent)
    assert {body for body in sent if body} <= {
        body for body in sent if body.startswith("url=https%3A%2F%2F")
    }


def test_an_older_badge_is_asked_for_only_if_the_reader_lets_the_service(
    page: Page, address: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.extend([one.url] if one.post_data else []))
    data = json.dumps(OLD_BADGE).encode()
    check_on_device(page, address, data)
    shown = page.locator("[data-verdict]:visible")
    assert shown.locator("h2").inner_text() == TITLES[Answer.UNDECIDED]
    assert "Open Badges 2" in shown.inner_text()
    assert asked == []
    page.get_by_label("Let this service look up an older badge").check()
    page.get_by_role("button", name="Check on this device").click()
    page.locator("[data-verdict=valid]").wait_for(state="visible")
    assert "only as good as these sites" in page.locator("[data-verdict]:visible").inner_text()
    assert len(asked) == 3
    row = page.locator("[data-check=proof] [data-whose=device]")
    assert row.locator("[data-outcome]:visible").inner_text().strip() == "In order, with a note"
    assert row.locator("code").inner_text() == "LEGACY_OPEN_BADGES_2"


def test_a_picture_that_holds_only_the_address_of_an_older_badge_is_told_of_as_one(
    page: Page, address: str
) -> None:
    image = png(plain_text(ASSERTION))
    check_on_device(page, address, image, "badge.png", "image/png")
    shown = page.locator("[data-verdict]:visible")
    assert shown.locator("h2").inner_text() == TITLES[Answer.UNDECIDED]
    assert "Open Badges 2" in shown.inner_text()
    page.get_by_label("Let this service look up an older badge").check()
    page.get_by_role("button", name="Check on this device").click()
    page.locator("[data-verdict=valid]").wait_for(state="visible")


def test_a_picture_is_opened_to_the_credential_in_its_file(page: Page, address: str) -> None:
    badge = samples()[Answer.VALID].decode()
    image = png(itxt(badge, compressed=True))
    check_on_device(page, address, image, "badge.png", "image/png")
    title = page.locator("[data-verdict]:visible h2").inner_text()
    assert title == TITLES[Answer.VALID]
    assert page.locator("[data-name]").inner_text() == "badge.png"


def test_the_first_check_is_quick(page: Page, address: str) -> None:
    check_on_device(page, address, samples()[Answer.VALID])
    told = page.locator("[data-time]").inner_text()
    assert int(told.split()[0]) <= MOST_MILLISECONDS


def test_both_answers_stand_side_by_side(page: Page, address: str) -> None:
    check_on_device(page, address, samples()[Answer.REVOKED])
    row = page.locator("[data-check=status]")
    told = " ".join(row.locator("[data-whose=device]").inner_text().split())
    assert told.startswith("Not in order The issuer's list says that this credential was withdrawn")
    assert told.endswith("REVOKED")
    assert "Not asked" in row.locator("[data-whose=service]").inner_text()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_function(
        "() => document.querySelector('[data-check=status] [data-whose=service] code').textContent"
    )
    assert "REVOKED" in row.locator("[data-whose=service]").inner_text()


def test_the_page_is_readable_with_and_without_an_answer(
    page: Page, narrow_page: Page, address: str, pictures: Pictures
) -> None:
    for opened, name in ((page, "wide"), (narrow_page, "narrow")):
        opened.goto(f"{address}/device")
        is_readable(opened)
        check_on_device(opened, address, samples()[Answer.NOT_VALID])
        is_readable(opened)
        pictures.take(opened, f"device-page-{name}.png")


def test_everything_is_reached_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/device")
    named = " ".join(walk(page))
    assert "Check on this device" in named


def test_without_script_the_page_says_so_and_the_full_check_works(
    page_without_script: Page, address: str
) -> None:
    page_without_script.goto(f"{address}/device")
    assert page_without_script.get_by_text("This page needs JavaScript").is_visible()
    page_without_script.get_by_label("Or the credential as text").fill(
        json.dumps(json.loads(samples()[Answer.VALID]))
    )
    page_without_script.get_by_role("button", name="Full check").click()
    assert page_without_script.locator("[data-answer=valid]").count() == 1


def test_what_the_device_finds_is_told_in_the_words_of_the_service(
    page: Page, address: str, pictures: Pictures
) -> None:
    page.goto(f"{address}/?lang=fr-CA")
    page.goto(f"{address}/device")
    page.locator("[name=file]").set_input_files(
        {"name": "b.json", "mimeType": "application/json", "buffer": samples()[Answer.REVOKED]}
    )
    page.locator("button[value=device]").click()
    page.locator("[data-result]").wait_for(state="visible")
    told = page.locator("[data-check=status] [data-whose=device] [data-words]").inner_text()
    assert told == "La liste de l’émetteur dit que ce titre a été retiré définitivement."
    pictures.take(page, "device-fr-CA.png")
    is_readable(page)
