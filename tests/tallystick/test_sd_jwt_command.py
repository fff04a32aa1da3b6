"""Issuing, presenting and withdrawing SD-JWT VCs with the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.project import ROOT
from tests.tallystick.conftest import Run

LIST = "https://uni.example/status/1"


class Story:
    """An institution, a learner with a key, and a folder that both write to."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.institution, _did = self._key("institution")
        self.learner, self.did = self._key("learner")
        request = json.loads((ROOT / "docs/examples/welding.json").read_text())
        (folder / "request.json").write_text(json.dumps({**request, "learner": {"id": self.did}}))
        (folder / "map.json").write_text(json.dumps({LIST: "list.jwt"}))

    def _key(self, name: str) -> tuple[str, str]:
        made = self.run("keys", "new", name).stdout.decode()
        return re.findall(r"(?:file|did):\S+", made)[:2]  # type: ignore[return-value]

    def do(self, *arguments: object, status: int = 0) -> str:
        told = self.run(*arguments)
        text = (told.stdout + told.stderr).decode()
        assert told.returncode == status, text
        assert "Traceback" not in text
        return text

    def issue(self, *options: object, status: int = 0) -> str:
        into = ("--key", self.institution, "--out", "badge")
        return self.do("issue", "request.json", *into, "--sd-jwt", *options, status=status)

    def publish(self, *options: object) -> None:
        into = ("--key", self.institution, "--out", "list.jwt")
        self.do("token-status-list", LIST, *into, *options)


@pytest.fixture
def story(run: Run, tmp_path: Path) -> Story:
    return Story(run, tmp_path)


def test_a_learner_shows_level_and_credits_and_keeps_back_who_they_are(story: Story) -> None:
    story.issue()
    asked = ("--nonce", "n1", "--audience", "https://employer.example")
    story.do("present", "badge", "--key", story.learner, *asked, "--out", "shown")
    told = story.do("verify", "shown", *asked)
    assert told.startswith("VALID")
    assert "20 NZQCF credits" in told
    assert "derived from an Open Badge" in told
    assert story.did not in told
    told = story.do("verify", "shown", "--challenge", "n2", "--domain", asked[3], status=1)
    assert "[INVALID_CHALLENGE_ERROR]" in told
    told = story.do("verify", "badge", *asked, status=1)
    assert "[KEY_BINDING_MISSING]" in told
    told = story.do("verify", "shown", *asked, "--recipient", story.did, status=2)
    assert "[RECIPIENT_NOT_DISCLOSED]" in told


def test_what_can_be_shown_is_listed_and_shown_by_name(story: Story) -> None:
    story.issue()
    assert story.do("present", "badge", "--list") == "id\n"
    for options in (("--disclose", "id"), ("--disclose", "/learner/id"), ("--everything",)):
        story.do("present", "badge", *options, "--out", "shown")
        assert story.did in story.do("verify", "shown", "--recipient", story.did)
    story.do("present", "badge", "--out", "shown")
    assert story.did not in story.do("verify", "shown")
    told = story.do("present", "badge", "--disclose", "credits", "--out", "x", status=64)
    assert "There are: id." in told


def test_a_withdrawn_badge_is_not_valid_whatever_is_shown(story: Story) -> None:
    story.issue("--token-status", f"{LIST}#77")
    verify = ("verify", "shown", "--resolver-map", "map.json")
    story.do("present", "badge", "--out", "shown")
    story.publish("--suspended", 76)
    assert story.do(*verify).startswith("VALID")
    story.publish("--suspended", 77)
    assert "[SUSPENDED]" in story.do(*verify, status=1)
    story.publish("--revoked", 77)
    assert "[REVOKED]" in story.do(*verify, status=1)
    told = story.do("verify", "shown", status=2)
    assert "[STATUS_RETRIEVAL_ERROR]" in told


def test_wrong_calls_are_told_so(story: Story) -> None:
    story.issue()
    story.do("present", "badge", "--out", "shown", "--key", story.learner, status=64)
    story.do("present", "badge", status=64)
    story.do("present", "request.json", "--out", "shown", status=64)
    asked = ("--nonce", "n", "--audience", "a", "--out", "shown")
    told = story.do("present", "badge", "--key", story.institution, *asked, status=1)
    assert "[KEY_NOT_CONFIRMED]" in told
    story.do("present", "badge", "--key", story.learner, *asked)
    told = story.do("present", "shown", "--out", "x", status=1)
    assert "[KEY_BINDING_PRESENT]" in told
    for wrong in ("77", f"{LIST}#", f"{LIST}#-1", f"{LIST}#x", "#7"):
        story.issue("--token-status", wrong, status=64)
    into = ("--key", story.institution, "--out", "badge", "--token-status", f"{LIST}#7")
    story.do("issue", "request.json", *into, status=64)
    story.do("token-status-list", LIST, *into[:4], "--revoked", 131_072, status=1)


def test_an_sd_jwt_is_not_stacked(story: Story) -> None:
    story.issue()
    told = story.do("stack", "plan", "nz-diploma-level-5", "badge", status=1)
    assert "[SHOWN_IN_PARTS]" in told
    assert "Use the badge itself." in told


@pytest.mark.parametrize("other", [("--jwt",), ("--vc-jwt",), ("--status", "withdrawals")])
def test_a_form_and_what_it_excludes_are_told_and_not_passed_over(
    story: Story, other: tuple[str, ...]
) -> None:
    told = story.issue(*other, status=64)
    assert "A badge has one form" in told or "--token-status instead of --status" in told
    assert not (story.folder / "badge").exists()


def test_a_status_list_whose_address_is_no_url_is_not_signed(story: Story) -> None:
    into = ("--key", story.institution, "--out", "list.jwt")
    assert "NOT_A_URL" in story.do("token-status-list", "list 1", *into, status=1)
    assert not (story.folder / "list.jwt").exists()
