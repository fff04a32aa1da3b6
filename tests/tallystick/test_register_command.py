"""Registers on the command line: build, sign, use, show, compare, rate, approve, endorse, value."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import schemas
from credentials.strict_json import serialize_json
from frameworks.register import read_register
from tallystick.files import locked
from tallystick.register_files import read_folder
from tests.factories import sign, unsigned
from tests.frameworks.register_files import SOUND, Files, added, edited, numbered
from tests.project import ROOT
from tests.tallystick.conftest import Run

EXAMPLE = ROOT / "docs/examples/dairy-welding-course.toml"


def written(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


class Authority:
    """An authority with a key, whose editions the reader believes about `nz`."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        made = run("keys", "new", "authority").stdout.decode()
        self.key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
        self.id = re.search(r"did:key:\S+", made)[0]  # type: ignore[index]
        self.trust = folder / "trust.json"
        trusted = {"authorities": [{"id": self.id, "frameworks": ["nz"]}]}
        self.trust.write_text(json.dumps(trusted))

    def edition(self, files: Files, name: str = "edition.json", **options: str) -> Path:
        folder = written(self.folder / name.removesuffix(".json"), files)
        out = self.folder / name
        more = [part for option in options.items() for part in (f"--{option[0]}", option[1])]
        told = self.run("register", "sign", folder, "--key", self.key, "--out", out, *more)
        assert told.returncode == 0, told.stderr
        return out


@pytest.fixture
def authority(run: Run, tmp_path: Path) -> Authority:
    return Authority(run, tmp_path)


@pytest.fixture
def registers_folder(tmp_path: Path) -> Path:
    return tmp_path / "registers"


def test_a_sound_register_is_built(run: Run, tmp_path: Path) -> None:
    told = run("register", "build", written(tmp_path / "r", SOUND))
    assert told.returncode == 0, told.stderr
    assert "is sound" in told.stdout.decode()


def test_every_fault_is_told_by_file_and_row(run: Run, tmp_path: Path) -> None:
    files = edited(SOUND, "nz/listings.csv", "5,nzcr", "11,nzcr")
    files = edited(files, "conversions.csv", "1/2", "0")
    told = run("register", "build", written(tmp_path / "r", files))
    assert told.returncode == 1
    message = told.stderr.decode()
    assert "nz/listings.csv, row 2" in message
    assert "[UNKNOWN_REFERENCE]" in message
    assert "conversions.csv, row 2" in message
    assert "[RATIO_MALFORMED]" in message
    assert "Traceback" not in message


def test_a_folder_that_is_no_register_is_told(run: Run, tmp_path: Path) -> None:
    told = run("register", "build", tmp_path)
    assert told.returncode == 64
    assert b"register.toml" in told.stderr


def test_the_reference_register_is_shown(run: Run) -> None:
    told = run("register", "show", "reference").stdout.decode()
    assert "unofficial: it explains, and proves nothing" in told
    levels = run("register", "show", "reference", "--framework", "nz-nzqcf").stdout.decode()
    assert "-> eu-eqf no counterpart (compared, none) [sourced]" in levels
    assert run("register", "show", "reference", "--framework", "AQF").returncode == 1


def test_an_edition_is_used_and_an_older_one_is_not_taken_back(
    run: Run,
    authority: Authority,
    registers_folder: Path,
) -> None:
    first = authority.edition(SOUND, "one.json")
    digest = re.search(r"sha256:[0-9a-f]{64}", _signed_again(authority))[0]  # type: ignore[index]
    second = authority.edition(numbered(2, digest), "two.json", previous=str(first))
    trust = ("--trust", authority.trust)
    assert run("register", "use", first, *trust).returncode == 0
    assert run("register", "use", second, *trust).returncode == 0
    (kept,) = registers_folder.iterdir()
    assert kept.read_bytes() == second.read_bytes()
    told = run("register", "use", first, *trust)
    assert told.returncode == 1
    assert b"EDITION_ROLLBACK" in told.stderr
    assert kept.read_bytes() == second.read_bytes()
    explicit = run("value", "-", "--register", first, *trust, stdin=_credential())
    assert b"EDITION_ROLLBACK" in explicit.stderr


def _signed_again(authority: Authority) -> str:
    folder, out = authority.folder / "one", authority.folder / "again.json"
    signing = ("register", "sign", folder, "--key", authority.key, "--out", out)
    return authority.run(*signing).stdout.decode()


def test_an_edition_that_does_not_follow_says_what_to_write(
    run: Run,
    authority: Authority,
    tmp_path: Path,
) -> None:
    first = authority.edition(SOUND, "one.json")
    folder = written(tmp_path / "two", numbered(2, "sha256:" + "0" * 64))
    told = run("register", "build", folder, "--previous", first)
    assert told.returncode == 1
    assert "edition = 2" in told.stderr.decode()
    assert 'previous = "sha256:' in told.stderr.decode()


def test_a_changed_edition_is_refused(run: Run, authority: Authority) -> None:
    edition = authority.edition(SOUND)
    text = edition.read_text()
    assert text.count("Pipe welding,5,nzcr,20") == 1
    edition.write_text(text.replace("Pipe welding,5,nzcr,20", "Pipe welding,5,nzcr,21"))
    told = run("register", "use", edition, "--trust", authority.trust)
    assert told.returncode == 1
    assert b"SIGNATURE_INVALID" in told.stderr


def test_an_edition_of_somebody_else_is_refused(
    run: Run,
    authority: Authority,
    tmp_path: Path,
) -> None:
    edition = authority.edition(SOUND)
    stranger = tmp_path / "stranger.json"
    stranger.write_text('{"authorities": [{"id": "did:web:nz.example", "frameworks": ["nz"]}]}')
    told = run("register", "use", edition, "--trust", stranger)
    assert told.returncode == 1
    assert b"REGISTER_SIGNER_NOT_BELIEVED" in told.stderr


def test_an_expired_edition_is_refused_and_a_kept_one_is_left_out(
    run: Run,
    authority: Authority,
) -> None:
    edition = authority.edition(SOUND)
    trust = ("--trust", authority.trust)
    assert run("register", "use", edition, *trust).returncode == 0
    later = ("--at", "2027-01-02T00:00:00Z")
    told = run("value", "-", *later, *trust, stdin=_credential())
    assert b"A kept register is not used" in told.stderr
    assert b"EXPIRED" in told.stderr
    assert b"EXPIRED" in run("value", "-", *later, "--register", edition, *trust).stderr


def test_a_register_with_a_fault_leaves_the_last_good_edition_in_use(
    run: Run,
    authority: Authority,
    registers_folder: Path,
) -> None:
    edition = authority.edition(SOUND)
    assert run("register", "use", edition, "--trust", authority.trust).returncode == 0
    broken = json.loads(edition.read_text())
    broken["credentialSubject"]["files"][0]["content"] += "x"
    bad = authority.folder / "bad.json"
    bad.write_text(json.dumps(broken))
    assert run("register", "use", bad, "--trust", authority.trust).returncode == 1
    (kept,) = registers_folder.iterdir()
    assert kept.read_bytes() == edition.read_bytes()


def test_changes_are_listed_with_the_listings_they_affect(
    run: Run,
    tmp_path: Path,
) -> None:
    before = written(tmp_path / "before", SOUND)
    files = edited(SOUND, "nz/accreditations.csv", ",4,6+,", ",4,5,")
    files = added(
        files, "units.csv", "cats,CATS,UK credit,10,10,total-notional,120,1,,,,,sourced,law"
    )
    after = written(tmp_path / "after", files)
    told = run("register", "diff", before, after).stdout.decode()
    assert "changed in accreditations: poly / 2020-01-01 (level_max)" in told
    assert "added in units: cats" in told
    assert "Rows changed: 2. Listings affected: 1." in told
    as_json = json.loads(run("register", "diff", before, after, "--json").stdout)
    assert [one["listing"] for one in as_json["affected"]] == ["weld"]


def _credential(**changes: Any) -> bytes:
    return serialize_json(sign(unsigned(**changes)))


def test_value_explains_with_method_and_source_and_never_a_bare_number(run: Run) -> None:
    told = run("value", "-", stdin=_credential())
    assert told.returncode == 0, told.stderr
    text = told.stdout.decode()
    assert "20 NZQCF credits, level 5" in text
    assert "Assurance D" in text
    eqf = "European Qualifications Framework (EQF): level 5 (map nz-eqf; source nzqa-ie)"
    assert eqf in text or "level 5 (map nz-eqf; source nzqa-ie)" in text
    assert "10 ECTS (full-time-year, derived 60/120; derived, not verified)" in text
    assert "20/3 to 8 ECTS (notional-hours" in text
    assert "general knowledge, not verified" in text
    for line in text.splitlines():
        assert not re.fullmatch(r"\s*[0-9./]+\s*", line)


def test_value_says_so_when_the_credential_is_not_valid(run: Run) -> None:
    told = run("value", "-", stdin=_credential(validUntil="2026-01-16T00:00:00Z"))
    assert told.returncode == 1
    assert told.stdout.decode().startswith("THE CREDENTIAL IS NOT VALID")


def test_values_are_printed_as_json_too(run: Run) -> None:
    told = json.loads(run("value", "-", "--json", stdin=_credential()).stdout)
    (appraisal,) = told["value"]["appraisals"]
    assert appraisal["assurance"]["class"] == "D"
    assert {"levels", "credits"} == set(appraisal["elsewhere"])
    assert all(one["method"] and one["basis"] for one in appraisal["elsewhere"]["credits"])


def test_a_course_is_rated_approved_endorsed_issued_and_verified(
    run: Run,
    tmp_path: Path,
) -> None:
    authority = Authority(run, tmp_path)
    employer = re.search(r"did:key:\S+", run("keys", "new", "employer").stdout.decode())[0]  # type: ignore[index]
    authority.trust.write_text(
        json.dumps({"authorities": [{"id": authority.id, "frameworks": ["nz-nzqcf"]}]})
    )
    course = tmp_path / "course.toml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("did:web:plainsmilk.example", employer)
    course.write_text(text, encoding="utf-8")
    folder = written(tmp_path / "r", _official())
    rated = run("register", "rate", course, "--register", folder)
    assert rated.returncode == 0, rated.stderr
    assert "best-fit" in rated.stdout.decode()
    approval = ("--listing", "w-1", "--by", "A. Person", "--source", "own")
    approved = run("register", "approve", course, "--register", folder, *approval)
    assert approved.returncode == 0, approved.stderr
    edition = tmp_path / "edition.json"
    signing = ("--key", authority.key, "--out", edition)
    assert run("register", "sign", folder, *signing).returncode == 0
    endorsement = tmp_path / "endorsement.json"
    endorsed = run(
        *("register", "endorse", course, "--register", edition, "--provider", employer),
        *("--key", authority.key, "--out", endorsement),
    )
    assert endorsed.returncode == 0, endorsed.stderr
    badge = _issue(run, tmp_path, endorsement, edition, authority.trust)
    trust = ("--trust", authority.trust)
    told = json.loads(run("value", badge, "--json", *trust, "--register", edition).stdout)
    (appraisal,) = told["value"]["appraisals"]
    assert appraisal["assurance"]["class"] == "A"
    document = json.loads(badge.read_bytes())
    achievement = document["credentialSubject"]["achievement"]
    assert achievement["otherIdentifier"][0]["identifier"] == "w-1"
    # Without the listing, the authority's endorsement inside the badge is enough.
    bare = written(tmp_path / "bare", _official())
    without = tmp_path / "without.json"
    assert run("register", "sign", bare, "--key", authority.key, "--out", without).returncode == 0
    again = json.loads(run("value", badge, "--json", *trust, "--register", without).stdout)
    (appraisal,) = again["value"]["appraisals"]
    assert appraisal["assurance"]["class"] == "A"
    assert appraisal["assurance"]["chain"][0]["kind"] == "endorsement"


def _official() -> Files:
    """Take from the reference register what an authority of its own may sign."""
    reference = schemas.reference_register()
    names = ("framework.toml", "levels.csv", "size-bounds.csv", "title-rules.toml")
    files = {f"nz-nzqcf/{name}": reference[f"nz-nzqcf/{name}"] for name in names}
    units = reference["units.csv"].splitlines()
    rows = [units[0], *(row for row in units if row.startswith("nzqcf,"))]
    description = SOUND["register.toml"].replace("2026-12-31", "2099-12-31")
    return {
        **files,
        "register.toml": description,
        "units.csv": "\n".join(rows) + "\n",
        "sources.csv": reference["sources.csv"] + "own,Own decisions,,2026\n",
    }


def _issue(run: Run, folder: Path, endorsement: Path, edition: Path, trust: Path) -> Path:
    request = {
        "issuer": {"name": "Plainsmilk"},
        "achievement": {
            "id": "https://poly.example/achievements/pipe-welding-dairy",
            "name": "Pipe welding for dairy plants",
            "description": "Welding of pipes that carry milk.",
            "criteria": "Three inspected welds.",
        },
        "learner": {"id": "did:example:learner"},
        "level": {
            "framework": "NZQCF",
            "frameworkName": "New Zealand Qualifications and Credentials Framework",
            "code": "5",
            "uri": "urn:mcframework:nz-nzqcf:level:5",
        },
        "credits": {"unit": "NZQCF", "amount": "20"},
        "hours": "200",
    }
    (folder / "request.json").write_text(json.dumps(request))
    badge = folder / "badge.json"
    key = f"file:{folder / 'keys' / 'employer.key.json'}"
    options = ("--endorsement", endorsement, "--register", edition, "--trust", trust)
    issuing = ("issue", folder / "request.json", "--key", key, "--out", badge, *options)
    told = run(*issuing, "--least-assurance", "A")
    assert told.returncode == 0, told.stderr
    return badge


def test_issuing_beyond_the_rules_is_refused_or_warned_about(
    run: Run,
    tmp_path: Path,
) -> None:
    authority = Authority(run, tmp_path)
    authority.trust.write_text(
        json.dumps({"authorities": [{"id": authority.id, "frameworks": ["nz-nzqcf"]}]})
    )
    edition = tmp_path / "edition.json"
    folder = written(tmp_path / "r", _official())
    signing = ("register", "sign", folder, "--key", authority.key, "--out", edition)
    assert run(*signing).returncode == 0
    request = json.loads((ROOT / "docs/examples/welding.json").read_text())
    request["credits"]["amount"], request["hours"] = "41", "410"
    (tmp_path / "request.json").write_text(json.dumps(request))
    held = ("--register", edition, "--trust", authority.trust)
    issuing = ("issue", tmp_path / "request.json", "--key", authority.key)
    refused = run(*issuing, "--out", tmp_path / "a.json", *held)
    assert refused.returncode == 1
    assert b"OUT_OF_BOUNDS" in refused.stderr
    assert not (tmp_path / "a.json").exists()
    warned = run(*issuing, "--out", tmp_path / "b.json", *held, "--value-faults", "warn")
    assert warned.returncode == 0, warned.stderr
    assert b"OUT_OF_BOUNDS" in warned.stderr
    least = run(*issuing, "--out", tmp_path / "c.json", *held, "--least-assurance", "B")
    assert b"ASSURANCE_TOO_LOW" in least.stderr
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("course", ["", "title = 5", "id = ", "\x00", 'id = "x"\n'])
def test_a_course_that_cannot_be_read_is_one_clear_line(
    run: Run,
    tmp_path: Path,
    course: str,
) -> None:
    (tmp_path / "course.toml").write_text(course)
    told = run("register", "rate", tmp_path / "course.toml")
    assert told.returncode == 1
    assert b"Traceback" not in told.stderr
    assert told.stderr.strip()


COURSE = """id = "https://poly.example/courses/{name}"
title = "Pipe welding"
framework = "{framework}"
[[providers]]
id = "did:web:poly.example"
[[outcomes]]
text = "x"
level = "5"
[hours]
taught = "100"
"""
APPROVAL = ("--by", "A. Person", "--source", "law")


def _course(folder: Path, name: str = "1", framework: str = "nz") -> Path:
    path = folder / f"course-{name}.toml"
    path.write_text(COURSE.format(name=name, framework=framework))
    return path


def test_approvals_at_the_same_time_lose_no_listing(run_apart: Run, tmp_path: Path) -> None:
    register = written(tmp_path / "r", SOUND)

    def approve(name: str) -> int:
        course = _course(tmp_path, name)
        options = ("--register", register, "--listing", name, *APPROVAL)
        return run_apart("register", "approve", course, *options).returncode

    names = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(len(names)) as pool:
        assert list(pool.map(approve, names)) == [0] * len(names)
    listings = read_register(read_folder(register)).tables.listings
    assert {row.id for row in listings} == {"weld", *names}


def test_an_approval_waits_for_whoever_holds_the_folder(tmp_path: Path) -> None:
    order = []
    with ThreadPoolExecutor(1) as pool:
        with locked(tmp_path):
            waiting = pool.submit(_hold, tmp_path, order)
            time.sleep(0.1)
            order.append("first")
        waiting.result(timeout=10)
    assert order == ["first", "second"]


def _hold(folder: Path, order: list[str]) -> None:
    with locked(folder):
        order.append("second")


def test_a_listing_is_not_written_through_a_link_out_of_the_register(
    run: Run, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files = {name: text for name, text in SOUND.items() if not name.startswith("nz/")}
    levels = ["framework," + SOUND["nz/levels.csv"].splitlines()[0]]
    levels += [f"nz,{line}" for line in SOUND["nz/levels.csv"].splitlines()[1:]]
    register = written(tmp_path / "r", {**files, "levels.csv": "\n".join([*levels, ""])})
    approving = ("register", "approve", _course(tmp_path), "--register", register, *APPROVAL)
    (register / "nz").symlink_to(outside)
    told = run(*approving, "--listing", "L1")
    assert told.returncode == 1
    assert b"leads out of" in told.stderr
    assert list(outside.iterdir()) == []
    (register / "nz").unlink()
    (register / ".lock").unlink()
    (register / ".lock").symlink_to(outside / "lock")
    assert run(*approving, "--listing", "L1").returncode == 1
    assert list(outside.iterdir()) == []
    (register / ".lock").unlink()
    # A framework that has no folder yet gets one.
    assert run(*approving, "--listing", "L1").returncode == 0
    assert (register / "nz" / "listings.csv").is_file()


def test_a_formula_does_not_become_a_listing(run: Run, tmp_path: Path) -> None:
    register = written(tmp_path / "r", SOUND)
    course = _course(tmp_path)
    course.write_text(course.read_text().replace("Pipe welding", "=HYPERLINK(1)"))
    options = ("--register", register, "--listing", "L1", *APPROVAL)
    told = run("register", "approve", course, *options)
    assert told.returncode == 1
    assert b"CELL_IS_FORMULA" in told.stderr
    assert (register / "nz/listings.csv").read_text() == SOUND["nz/listings.csv"]


def test_a_course_whose_review_is_overdue_is_not_approved_from_a_day_in_the_past(
    run: Run, tmp_path: Path
) -> None:
    register = written(tmp_path / "r", SOUND)
    course = _course(tmp_path)
    course.write_text(course.read_text().replace("[[prov", 'review = "2025-01-01"\n[[prov', 1))
    options = ("--register", register, "--listing", "L1", *APPROVAL, "--from", "2024-01-01")
    told = run("register", "approve", course, *options)
    assert told.returncode == 1
    assert b"REVIEW_OVERDUE" in told.stderr


@pytest.mark.parametrize("status", ["retired", "revoked"])
def test_a_key_that_ended_signs_no_register_and_no_endorsement(
    run: Run, authority: Authority, tmp_path: Path, status: str
) -> None:
    assert run("keys", "end", authority.key, status).returncode == 0
    folder, out = written(tmp_path / "r", SOUND), tmp_path / "signed.json"
    signing = ("--key", authority.key, "--out", out)
    endorsing = ("--register", folder, "--provider", "did:example:provider", *signing)
    for told in (
        run("register", "sign", folder, *signing),
        run("register", "endorse", EXAMPLE, *endorsing),
    ):
        assert told.returncode == 1
        assert f"is {status}; it must not sign" in told.stderr.decode()
    assert not out.exists()
