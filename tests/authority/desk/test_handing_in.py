"""What is handed in is taken whole or not at all, however hostile it is."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from authority.handed_in import (
    COURSES,
    UPLOAD_BYTES,
    HandedInError,
    courses_of_file,
    courses_of_table,
)
from authority.store import Inbox
from frameworks.rating.course_tables import table_of
from tests.authority.desk.world import ACT, HTML, World, as_json, course

BADGE = {"description": "A badge.", "criteria": "Bend.", "achievement_type": "MicroCredential",
         "image": {"url": "data:image/png;base64,AAAA", "alt": "A pipe"}}  # fmt: skip

HOSTILE = {
    "nothing": b"",
    "no table": b"\x89PNG\r\n\x1a\n\x00\x00",
    "utf-16": "title\nA\n".encode("utf-16"),
    "latin-1": b"title,id,framework\n\xc9tude,urn:x:1,nz\n",
    "no title": b"id,framework\nurn:x:1,nz\n",
    "unknown column": b"title,id,framework,evil\nA,urn:x:1,nz,b\n",
    "column twice": b"title,title\nA,B\n",
    "open quotation mark": b'title,id,framework\n"A,urn:x:1,nz\n',
    "header alone": b"title,id,framework\n",
    "no url": b"title,id,framework\nA,not a url,nz\n",
    "huge cell": b"title,id,framework\n" + b"A" * 200_000 + b",urn:x:1,nz\n",
    "not json": b"{",
    "deep json": b"[" * 3_000 + b"]" * 3_000,
    "names twice": b'{"id": "urn:x:1", "id": "urn:x:2", "title": "A", "framework": "nz"}',
    "numbers": b"[1, 2]",
    "empty list": b"[]",
    "surrogate": b'{"id": "urn:x:1", "title": "\\ud800", "framework": "nz"}',
    "prototype": b'{"__proto__": {"a": 1}, "id": "urn:x:1", "title": "A", "framework": "nz"}',
}


def hand_in(world: World, data: bytes, name: str = "courses") -> TestResponse:
    form: dict[str, Any] = {"sender": "Polytechnic", "file": (io.BytesIO(data), name)}
    return world.client("officer").post("/desk/courses/file", data=form, headers=HTML)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_words_and_nothing_is_taken(
    refusing: World, name: str
) -> None:
    sent = hand_in(refusing, HOSTILE[name])
    assert sent.status_code == 422
    assert "<script" not in sent.text.split("</head>")[1].replace("<script src=", "")
    assert refusing.store.submissions.counts() == {}


def test_a_file_that_is_too_large_is_refused(refusing: World) -> None:
    sent = refusing.client("officer").post(
        "/desk/courses/file",
        data=b"A" * (UPLOAD_BYTES + 300_000),
        content_type="multipart/form-data; boundary=x",
        headers=HTML,
    )
    assert sent.status_code == 413


def test_one_fault_refuses_the_whole_table_and_every_row_is_named(refusing: World) -> None:
    table = "title,id,framework,review\nA,urn:x:1,nz,\nB,no url,nz,2026-02-30\nC,urn:x:3,,\n"
    sent = hand_in(refusing, table.encode())
    assert sent.status_code == 422
    assert "row 3" in sent.text
    assert "row 4" in sent.text
    assert refusing.store.submissions.counts() == {}


def test_more_courses_than_are_taken_together_are_refused() -> None:
    row = json.dumps(course()).encode()
    with pytest.raises(HandedInError, match="more than 1000"):
        courses_of_file("a.json", b"[" + b",".join([row] * (COURSES + 1)) + b"]")


@pytest.mark.parametrize(
    "data",
    [
        as_json(course(**BADGE)),
        json.dumps(course(**BADGE)).encode(),
        json.dumps({"achievements": [course(**BADGE)]}).encode(),
        table_of([course(**BADGE)]).encode("utf-8-sig"),
    ],
    ids=["export", "one", "named", "table"],
)
def test_the_exports_of_a_console_are_taken_without_what_is_of_the_badge(
    world: World, data: bytes
) -> None:
    assert hand_in(world, data).status_code == 303
    (made,) = world.store.submissions.page(Inbox()).items
    assert made.members == course()


def test_a_formula_of_a_spreadsheet_stays_the_text_that_it_was() -> None:
    (members,) = courses_of_table(table_of([course(title="=1+1")]).encode())
    assert members["title"] == "=1+1"


def key_of(world: World, name: str = "Polytechnic") -> dict[str, str]:
    _key, secret = world.store.api_keys.make(ACT, name)
    return {"Authorization": f"Bearer {secret}"}


def test_a_console_hands_in_answers_and_reads_by_its_key(world: World) -> None:
    client, own = world.application.test_client(), key_of(world)
    made = client.post("/api/v1/courses", data=as_json(course(**BADGE)), headers=own)
    assert made.status_code == 201
    (identifier,) = made.get_json()["submissions"]
    told = client.get(f"/api/v1/courses/{identifier}", headers=own).get_json()
    assert (told["state"], told["rating"]["level"], told["rating"]["credits"]) == (
        "received", "5", "12",
    )  # fmt: skip
    form = {"questions": "Who?", "revision": "1"}
    world.client("officer").post(f"/desk/submissions/{identifier}/questions", data=form)
    told = client.get(f"/api/v1/courses/{identifier}", headers=own).get_json()
    assert told["questions"] == "Who?"
    answer = {"answer": "A tutor.", "achievement": course(purpose="To bend.", **BADGE)}
    sent = client.post(f"/api/v1/courses/{identifier}/answer", json=answer, headers=own)
    assert sent.get_json()["state"] == "answered"
    again = client.post(f"/api/v1/courses/{identifier}/answer", json=answer, headers=own)
    assert again.status_code == 409
    assert world.store.submissions.get(identifier).members["purpose"] == "To bend."


def test_a_key_opens_only_what_was_sent_with_it(world: World) -> None:
    client, other = world.application.test_client(), key_of(world, "Somebody else")
    identifier = world.submission()
    assert client.get(f"/api/v1/courses/{identifier}", headers=other).status_code == 404
    answer = client.post(f"/api/v1/courses/{identifier}/answer", json={"answer": "x"},
                         headers=other)  # fmt: skip
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer tsa_x", "Basic eDp5", f"Bearer {'a' * 300}"]
)
def test_nobody_calls_without_a_key(refusing: World, header: str) -> None:
    client = refusing.application.test_client()
    sent = client.post("/api/v1/courses", data=as_json(course()), headers={"Authorization": header})
    assert (sent.status_code, sent.content_type) == (401, "application/problem+json")


def test_a_key_that_was_ended_opens_nothing(world: World) -> None:
    own = key_of(world)
    (key,) = world.store.api_keys.all()
    world.client("head").post(f"/desk/keys/{key.id}/revoke")
    client = world.application.test_client()
    assert client.post("/api/v1/courses", data=b"[]", headers=own).status_code == 401


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("nothing",)])
def test_hostile_bodies_are_problems_and_nothing_is_taken(refusing: World, name: str) -> None:
    client = refusing.application.test_client()
    sent = client.post("/api/v1/courses", data=HOSTILE[name], headers=key_of(refusing))
    assert sent.status_code == 422
    assert sent.get_json()["code"] == "COURSES_REFUSED"
    assert refusing.store.submissions.counts() == {}


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b'{"answer": 5}', b'{"answer": " "}', b'{"answer": "x", "more": 1}',
               b'{"answer": "x", "achievement": []}', b'{"answer": "x", "achievement": {}}'],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(refusing: World, answer: bytes) -> None:
    identifier = refusing.submission()
    client = refusing.application.test_client()
    sent = client.post(
        f"/api/v1/courses/{identifier}/answer", data=answer, headers=key_of(refusing)
    )
    assert sent.status_code in (400, 422)


def test_programs_that_call_too_often_are_slowed_down(world: World) -> None:
    client, wrong = world.application.test_client(), {"Authorization": "Bearer tsa_wrong"}
    statuses = [client.get("/api/v1/courses/x", headers=wrong).status_code for _try in range(32)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_a_head_alone_reads_whom_the_desk_needs(world: World) -> None:
    told = "Officers enter and rate courses"
    assert told in world.client("head").get("/desk/", headers=HTML).text
    assert told not in world.client("officer").get("/desk/", headers=HTML).text


def test_the_head_makes_a_key_that_is_shown_once(world: World) -> None:
    client = world.client("head")
    assert client.post("/desk/keys", data={"name": ""}, headers=HTML).status_code == 422
    page = client.post("/desk/keys", data={"name": "Polytechnic"}, headers=HTML).text
    assert "tsa_" in page
    assert page.count("tsa_") > client.get("/desk/keys", headers=HTML).text.count("tsa_")
