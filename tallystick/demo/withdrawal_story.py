"""Fourth part of the story: what was issued is withdrawn, and who accepted it is told."""

from __future__ import annotations

from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
from tallystick.demo.courses import HOBBY
from tallystick.demo.stage import Cast, Scene, run, verify
from tallystick.files import write_output

LIST_URL = "https://college.example/status/1"


def play(cast: Cast, edition: Path) -> None:
    """Issue with a status, verify, revoke, verify again, and replay the old list."""
    ledger = ("--status-ledger", f"sqlite:///{cast.path('status.sqlite')}")
    signs = ("--key", cast.stranger.uri)
    request, badge = cast.path("withdrawn.request.json"), cast.path("withdrawn.json")
    write_output(request, serialize_json_for_people(HOBBY))
    run("status", "new", "withdrawals", "--url", LIST_URL, *signs, *ledger)
    run("issue", request, *signs, "--out", badge, "--status", "withdrawals", *ledger)
    first, second = cast.path("status-1.json"), cast.path("status-2.json")
    publish = ("status", "publish", "withdrawals", *signs, *ledger, "--out")
    run(*publish, first)
    title = "“Pipes in a week-end” with its status list"
    _verify(cast, edition, Scene(title, badge, "valid", "OK"), first)
    run("status", "revoke", badge, "--reason", "Issued by mistake", *ledger)
    run(*publish, second)
    click.echo("   Its issuer revokes it and publishes the list anew; the reason stays private.")
    _verify(cast, edition, Scene("the same, after that", badge, "invalid", "REVOKED"), second)
    replayed = Scene("the same with the old list", badge, "indeterminate", "STATUS_LIST_ROLLBACK")
    _verify(cast, edition, replayed, first)


def _verify(cast: Cast, edition: Path, scene: Scene, served: Path) -> None:
    """Verify as somebody to whom this list is served, and who remembers the newest one."""
    served_at = cast.path("served.json")
    write_output(served_at, serialize_json_for_people({LIST_URL: served.name}))
    seen = cast.path("status-memory.json")
    verify(scene, cast, edition, "--resolver-map", served_at, "--status-memory", seen)
