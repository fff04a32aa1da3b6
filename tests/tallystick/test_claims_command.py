"""Handing credentials over from the command line."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.issuer.claims.desks import BASE, Office, new_office
from tests.tallystick.conftest import Run


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.issue(email="ana@example.com", name="Ana")
    made.issue(email="ben@example.com", name="=Ben")
    made.issue(email=None, name=None)
    return made


def test_letters_are_queued_once_and_cards_printed(
    run: Run, office: Office, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'issuer.sqlite'}"
    which = ("--database", url, "--institution", "poly", "--base", BASE)
    told = run("claims", "mail", *which)
    assert told.returncode == 1, "one of them has no address"
    assert b"2 letters wait" in told.stdout
    assert b"NO_ADDRESS" in told.stderr
    assert b"0 letters wait" in run("claims", "mail", *which).stdout
    assert b"2 reminders wait" in run("claims", "remind", *which, "--days", "30").stdout

    sheet, pins = tmp_path / "sheet.pdf", tmp_path / "pins.csv"
    told = run("claims", "sheet", *which, "--out", sheet, "--pins", pins)
    assert told.returncode == 0, told.stderr
    text = PdfReader(sheet).pages[0].extract_text().replace("\n", "")
    assert len(re.findall(rf"{BASE}/claim/", text)) == 3
    rows = list(csv.reader(io.StringIO(pins.read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["learner", "pin"]
    assert "'=Ben" in [row[0] for row in rows], "no spreadsheet takes a name for a formula"

    told = run("claims", "send", "--database", url)
    assert b"MAIL_SETTINGS" in told.stderr
    told = run("claims", "send", "--database", url, TALLYSTICK_MAIL_HOST="127.0.0.1",
               TALLYSTICK_MAIL_PORT="9", TALLYSTICK_MAIL_SENDER="a@b",
               TALLYSTICK_MAIL_SECURITY="unsafe-plain")  # fmt: skip
    assert told.stdout == b"sent 0, to be tried again 4, refused 0\n"
    assert (
        b"no such institution"
        in run(
            "claims", "mail", "--database", url, "--institution", "x", "--base", BASE
        ).stderr.lower()
    )
