"""Baking, taking out and verifying images from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from credentials.baking.images import bake
from credentials.strict_json import serialize_json
from tests.credentials.baking.images import itxt, png, svg
from tests.factories import sign, unsigned
from tests.tallystick.conftest import Run
from tests.verifier.legacy_badges import assertion, badge_class, published


def test_a_credential_goes_into_an_image_is_verified_there_and_comes_out(
    run: Run, tmp_path: Path
) -> None:
    credential, image = tmp_path / "badge.json", tmp_path / "picture.png"
    credential.write_bytes(serialize_json(sign(unsigned())))
    image.write_bytes(png())
    made = run("bake", credential, image, "--out", tmp_path / "badge.png")
    assert (made.returncode, made.stderr) == (0, b"")
    told = run("verify", tmp_path / "badge.png")
    assert told.returncode == 0
    assert b"The credential was taken out of an image" in told.stdout
    printed = run("unbake", tmp_path / "badge.png")
    assert json.loads(printed.stdout) == json.loads(credential.read_bytes())
    out = tmp_path / "out.json"
    assert run("unbake", tmp_path / "badge.png", "--out", out).returncode == 0
    assert out.read_bytes() == credential.read_bytes()
    again = run("bake", credential, tmp_path / "badge.png", "--out", tmp_path / "again.png")
    assert again.returncode == 1
    assert b"[IMAGE_ALREADY_BAKED]" in again.stderr
    assert not (tmp_path / "again.png").exists()


def test_without_an_image_a_badge_is_drawn(run: Run, tmp_path: Path) -> None:
    credential = serialize_json(sign(unsigned()))
    for name in ("badge.svg", "badge.png"):
        made = run("bake", "-", "--out", tmp_path / name, stdin=credential)
        assert made.returncode == 0, made.stderr
        assert run("verify", tmp_path / name).returncode == 0
    refused = run("bake", "-", "--out", tmp_path / "badge.jpg", stdin=credential)
    assert refused.returncode == 64
    assert b"--out FILE.svg" in refused.stderr


def test_an_image_larger_than_a_credential_may_be_is_read(run: Run, tmp_path: Path) -> None:
    picture = svg(f"<!--{'x' * 2_000_000}-->")
    credential = serialize_json(sign(unsigned()))
    (tmp_path / "large.svg").write_bytes(picture)
    made = run("bake", "-", tmp_path / "large.svg", "--out", tmp_path / "b.svg", stdin=credential)
    assert made.returncode == 0, made.stderr
    assert run("verify", tmp_path / "b.svg").returncode == 0
    too_large = run("verify", "-", stdin=b"[" + b" " * 2_000_000 + b"]")
    assert b"[TOO_LARGE]" in too_large.stdout


def test_an_image_without_a_credential_is_told_in_words(run: Run, tmp_path: Path) -> None:
    told = run("verify", "-", stdin=png())
    assert told.returncode == 1
    assert b"There is no credential in this image" in told.stdout
    refused = run("unbake", "-", stdin=png())
    assert refused.returncode == 1
    assert refused.stderr.count(b"\n") == 1
    assert b"[IMAGE_WITHOUT_CREDENTIAL]" in refused.stderr


def test_a_legacy_badge_is_told_as_what_it_is(run: Run, tmp_path: Path) -> None:
    paths = {}
    for number, (url, document) in enumerate(published().items()):
        paths[url] = f"{number}.json"
        (tmp_path / paths[url]).write_bytes(serialize_json(document))
    (tmp_path / "map.json").write_bytes(serialize_json(paths))
    image = png(itxt(json.dumps(assertion()), b"openbadges"))
    told = run("verify", "-", "--resolver-map", tmp_path / "map.json", stdin=image)
    assert told.returncode == 0
    assert told.stdout.startswith(b"VALID AS A LEGACY BADGE.")
    assert b"Open Badges 2.0 (legacy), hosted; depends on good.example" in told.stdout
    assert b"[LEGACY_OPEN_BADGES_2]" in told.stdout
    description = serialize_json(badge_class())
    told = run("verify", "-", "--resolver-map", tmp_path / "map.json", stdin=description)
    assert told.stdout.startswith(b"IN ORDER, BUT NO AWARD.")
    assert run("verify", "-", stdin=image).returncode == 2


def test_badges_in_images_are_stacked_like_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "badge.svg").write_bytes(bake(serialize_json(sign(unsigned())), svg()))
    (tmp_path / "badge.json").write_bytes(serialize_json(sign(unsigned())))
    plans = [
        run("stack", "plan", "nz-diploma-level-5", tmp_path / name, "--json").stdout
        for name in ("badge.json", "badge.svg")
    ]
    assert json.loads(plans[0])
    assert plans[0] == plans[1]


def test_a_certificate_is_drawn_and_verified(run: Run, tmp_path: Path) -> None:
    credential = serialize_json(sign(unsigned()))
    out = tmp_path / "certificate.pdf"
    made = run("certificate", "-", "--out", out, "--name", "Māia", "--link", "https://x.example/c",
               stdin=credential)  # fmt: skip
    assert made.returncode == 0, made.stderr
    told = run("verify", out)
    assert (told.returncode, b"attached to a PDF" in told.stdout) == (0, True)
    assert run("unbake", out).stdout.strip() == credential
    refused = run("certificate", "-", "--out", out, "--name", "李明", stdin=credential)
    assert (refused.returncode, b"FONT_LACKS_LETTERS" in refused.stderr) == (1, True)
