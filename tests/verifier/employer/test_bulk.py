"""Many credentials at once: every entry has its row, and nobody else's job can be looked at."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Callable
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from openpyxl import load_workbook

from credentials.spreadsheet_cells import FORMULA_STARTS
from credentials.strict_json import serialize_json
from service.errors import WorkerError
from tests.factories import sign, unsigned
from tests.services import problem
from tests.verifier.employer.samples import Beside, employer_service, new_jobs, zipped
from tests.verifier.pages.samples import samples, the_page
from tests.verifier.pages.test_fixtures import elements_of, payloads
from tests.verifier.pages.test_page import answers_in
from verifier.answers import Answer
from verifier.employer.archives import ArchiveLimits, entries_of
from verifier.employer.entries import Entry
from verifier.employer.jobs import (
    BEGUN_AT_ONCE,
    JOBS,
    JOBS_OF_ONE,
    LIFETIME_SECONDS,
    LINK_SECONDS,
    ROWS,
    JobError,
    State,
)
from verifier.employer.links import links_of
from verifier.pages import LinkError

ROOMY = ArchiveLimits(files=100, file_bytes=1_000_000, bytes_altogether=4_000_000)


@pytest.fixture(scope="module")
def service() -> OpenAPI:
    return employer_service()


PLACES = count(1)


@pytest.fixture
def client(service: OpenAPI) -> FlaskClient:
    """Call from a place of its own: one caller has room for a few jobs only."""
    return called_from(service, f"192.0.2.{next(PLACES)}")


def called_from(service: OpenAPI, place: str) -> FlaskClient:
    client = service.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def begin(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> str:
    """Begin a job on the page; return its address."""
    sent = [(BytesIO(data), name) for name, data in files]
    response = client.post("/bulk", data={"files": sent, **fields})
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.headers["Location"])


def refusals(archive: bytes, limits: ArchiveLimits = ROOMY) -> list[tuple[str, str]]:
    return [(entry.name, entry.refusal) for entry in entries_of(BytesIO(archive), limits)]


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_an_archive_with_every_answer_becomes_a_table(client: FlaskClient) -> None:
    files = {f"{answer.value}.json": data for answer, data in samples().items()}
    address = begin(client, ("all.zip", zipped(files)))
    text = text_of(client, address)
    assert answers_in(text) == [answer.value for answer in samples()]
    assert "8 credentials" in text


def test_rows_can_be_filtered_by_answer_issuer_and_level(client: FlaskClient) -> None:
    files = {f"{answer.value}.json": data for answer, data in samples().items()}
    address = begin(client, ("all.zip", zipped(files)))
    assert answers_in(text_of(client, f"{address}?answer=revoked")) == ["revoked"]
    framework = "New Zealand Qualifications and Credentials Framework"
    assert len(answers_in(text_of(client, f"{address}?level={framework}: 5"))) == len(Answer)
    assert answers_in(text_of(client, f"{address}?issuer=nobody")) == []
    table = client.get(f"{address}/table.csv?answer=expired").get_data().decode("utf-8-sig")
    assert [row["answer"] for row in csv.DictReader(StringIO(table))] == ["expired"]


def test_a_row_shows_everything_about_its_credential(client: FlaskClient) -> None:
    address = begin(client, ("welding.json", samples()[Answer.REVOKED]))
    text = text_of(client, f"{address}/1")
    assert answers_in(text) == ["revoked"]
    assert "REVOKED" in text
    assert 'action="/"' in text
    assert client.get(f"{address}/2").status_code == 404


def test_nothing_given_is_said_at_the_field(client: FlaskClient) -> None:
    response = client.post("/bulk", data={})
    assert response.status_code == 422
    assert "Choose files or an archive" in response.get_data(as_text=True)


def test_a_damaged_archive_is_said_at_the_field(client: FlaskClient) -> None:
    files = [(BytesIO(b"PK\x03\x04 and nothing else"), "bad.zip")]
    response = client.post("/bulk", data={"files": files})
    assert response.status_code == 422
    assert "damaged" in response.get_data(as_text=True)


def test_names_that_lead_out_of_an_archive_are_refused_and_the_others_read() -> None:
    names = ["../up.json", "/etc/passwd", "a/../../b", "C:\\x.json", "a\\..\\up", "good.json"]
    found = refusals(zipped(dict.fromkeys(names, b"{}")))
    assert [refusal for _name, refusal in found] == ["ENTRY_NAME"] * 5 + [""]


def test_links_archives_and_files_under_a_password_are_refused_for_themselves() -> None:
    link = ZipInfo("link.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", zipped({"a.json": b"{}"}))
        archive.writestr("secret.json", b"{}")
        archive.writestr("good.json", b"{}")
    data = bytearray(buffer.getvalue())
    # The flag of a file that needs a password stands in the list at the end, 46 bytes before it.
    data[data.rindex(b"secret.json") - 46 + 8] |= 1
    assert [refusal for _name, refusal in refusals(bytes(data))] == [
        *("ENTRY_LINK", "ENTRY_NESTED", "ENTRY_ENCRYPTED", "")
    ]


def test_a_bomb_is_refused_when_it_is_too_large_and_what_follows_when_all_room_is_taken() -> None:
    bomb, small = b"\0" * 2_000_000, b"{}"
    archive = zipped({"a": bomb, "b": bomb, "c": bomb, "d": small, "e": bomb})
    found = [refusal for _name, refusal in refusals(archive)]
    assert found[:3] == ["ENTRY_TOO_LARGE"] * 3
    assert found[3] == ""
    assert found[4] == "TOO_MUCH"


def test_a_file_that_is_damaged_is_refused_for_itself() -> None:
    archive = bytearray(zipped({"a.json": b"{}" * 100, "b.json": b"{}"}))
    start = archive.index(b"a.json") + len("a.json")
    archive[start : start + 4] = b"\xff\xff\xff\xff"
    assert refusals(bytes(archive)) == [("a.json", "ENTRY_DAMAGED"), ("b.json", "")]


def test_an_archive_of_too_many_files_is_refused_as_a_whole() -> None:
    with pytest.raises(Exception, match="more than 100 files"):
        refusals(zipped({f"{number}": b"{}" for number in range(101)}))


def found_by(links: dict[str, bytes]) -> Callable[[str], bytes]:
    def fetch(link: str) -> bytes:
        if link not in links:
            raise LinkError("No public web server is called so, so nothing was fetched.")
        return links[link]

    return fetch


def test_links_of_a_table_are_followed_by_the_guarded_way_out_only() -> None:
    good, inside = "https://badges.example/1", "http://169.254.169.254/latest/meta-data"
    table = f"candidate;badge\nMere;{good}\nTane;{inside}\nNobody;\n".encode()
    page = the_page(fetch=found_by({good: samples()[Answer.VALID]}))
    client = employer_service(page).test_client()
    address = begin(client, ("candidates.csv", table))
    text = text_of(client, address)
    assert answers_in(text) == ["valid", "refused", "refused"]
    assert "Mere" in text
    assert "No public web server" in text_of(client, f"{address}/2")
    assert answers_in(text_of(client, f"{address}/1")) == ["valid"]


def test_links_are_fetched_anew_when_everything_is_checked_again() -> None:
    link = "https://badges.example/1"
    known = {link: samples()[Answer.VALID]}
    client = employer_service(the_page(fetch=found_by(known))).test_client()
    address = begin(client, links=link)
    known[link] = samples()[Answer.REVOKED]
    assert client.post(f"{address}/again").status_code == 303
    assert answers_in(text_of(client, address)) == ["revoked"]


def test_a_service_that_fetches_nothing_says_so_of_each_link(client: FlaskClient) -> None:
    text = text_of(client, begin(client, ("links.csv", b"link\nhttps://badges.example/1\n")))
    assert "This service fetches nothing." in text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_are_read_with_and_without_titles(separator: str) -> None:
    lines = [f"name{separator}link", f"Mere{separator}https://a.example/1"]
    assert [(one.name, one.link) for one in links_of("\n".join(lines).encode("utf-8-sig"))] == [
        ("Mere", "https://a.example/1")
    ]
    assert [one.link for one in links_of(b"https://a.example/1\nhttps://a.example/2")] == [
        "https://a.example/1",
        "https://a.example/2",
    ]


@pytest.mark.parametrize(
    "line", ["javascript:alert(1)", "file:///etc/passwd", "https://a b", "x" * 20_000, '"open']
)
def test_what_is_no_web_address_is_no_link(line: str) -> None:
    assert [one.refusal for one in links_of(f"link\n{line}\n".encode())] == ["NO_LINK"]


def formulas() -> dict[str, bytes]:
    names = [f"{start}HYPERLINK(1)" for start in FORMULA_STARTS if start.isprintable()]
    hostile = serialize_json(sign(unsigned(name='=cmd|"/C calc"!A0')))
    return {f"{name}.json": hostile for name in names}


def test_no_cell_of_a_table_is_a_formula(client: FlaskClient) -> None:
    address = begin(client, ("all.zip", zipped(formulas())))
    data = client.get(f"{address}/table.csv").get_data()
    cells = [cell for row in csv.reader(StringIO(data.decode("utf-8-sig"))) for cell in row]
    assert len(cells) > 50
    assert not [cell for cell in cells if cell.startswith(tuple(FORMULA_STARTS))]


def test_no_cell_of_a_workbook_is_a_formula(client: FlaskClient) -> None:
    address = begin(client, ("all.zip", zipped(formulas())))
    response = client.get(f"{address}/table.xlsx")
    assert response.headers["Content-Disposition"] == 'attachment; filename="verification.xlsx"'
    sheet = load_workbook(BytesIO(response.get_data())).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if str(cell.value).startswith(tuple(FORMULA_STARTS))]


def test_hostile_links_make_no_element(conformance: Path) -> None:
    client = employer_service(the_page(fetch=found_by({}))).test_client()
    known = elements_of(text_of(client, begin(client, links="https://a.example")))
    texts = payloads(conformance)[::9]
    table = "\n".join(f"https://a.example/{''.join(text.split())}" for text in texts)
    shown = elements_of(text_of(client, begin(client, ("list.csv", table.encode()))))
    assert shown.wrong == []
    assert shown.counted.keys() <= known.counted.keys() | {"nav"}


def test_hostile_names_in_archives_make_no_element(conformance: Path, client: FlaskClient) -> None:
    texts = payloads(conformance)[::9]
    archive = zipped({f"{number} {text[:150]}": b"{}" for number, text in enumerate(texts)})
    known = elements_of(text_of(client, begin(client, ("a.json", b"{}"))))
    address = begin(client, ("all.zip", archive))
    shown = elements_of(text_of(client, address))
    assert shown.wrong == []
    assert shown.counted.keys() <= known.counted.keys() | {"nav", "br"}


def test_a_job_goes_on_beside_the_page_and_can_be_stopped() -> None:
    beside = Beside()
    beside.waits = True
    client = employer_service(start=beside).test_client()
    address = begin(client, ("a.json", samples()[Answer.VALID]))
    waiting = text_of(client, address)
    assert "Look again" in waiting
    assert "<progress" in waiting
    progress = client.get(f"{address}/progress").get_json()
    assert (progress["state"], progress["done"], progress["total"]) == ("waiting", 0, 1)
    client.post(f"{address}/cancel")
    beside.finish()
    assert "You stopped the check" in text_of(client, address)
    client.post(f"{address}/again")
    beside.finish()
    assert answers_in(text_of(client, address)) == ["valid"]


def test_progress_tells_rate_and_time_left() -> None:
    times = [0.0]
    jobs = new_jobs(the_page(), clock=lambda: times[0], check=slow(times))
    seen: list[Any] = []
    times_seen = jobs.begin([Entry("a", b"1"), Entry("b", b"2"), Entry("c", b"3")])
    seen.append(times_seen.progress(times[0]))
    assert seen[0].done == 3
    assert seen[0].rate == pytest.approx(0.5)
    assert seen[0].seconds_left is None
    times_seen.state = State.RUNNING
    times_seen.rows.pop()
    assert times_seen.progress(times[0]).seconds_left == pytest.approx(3.0)


def slow(times: list[float]) -> Any:
    def check(documents: Any) -> Any:
        for number, _data in documents:
            times[0] += 2
            yield number, {"answer": "valid"}

    return check


def test_a_run_that_was_stopped_writes_nothing_into_the_next_one() -> None:
    def stopping(documents: Any) -> Any:
        for number, _data in documents:
            jobs.cancel(job)
            jobs.again(job)
            yield number, {"answer": "not-valid"}

    beside = Beside()
    beside.waits = True
    jobs = new_jobs(the_page(), start=beside, check=once(stopping, slow([0.0])))
    job = jobs.begin([Entry("a", b"1"), Entry("b", b"2")])
    beside.finish()
    assert job.state is State.FINISHED
    assert [(row.number, row.answer) for row in job.rows] == [(1, "valid"), (2, "valid")]


def once(first: Any, then: Any) -> Any:
    left = [first]

    def check(documents: Any) -> Any:
        yield from (left.pop() if left else then)(documents)

    return check


def test_a_worker_that_ends_leaves_what_was_checked() -> None:
    def breaking(documents: Any) -> Any:
        number, _data = next(documents)
        yield number, {"answer": "valid"}
        raise WorkerError("A worker process ended before its work was done.")

    client = employer_service(check=breaking).test_client()
    address = begin(client, ("a.json", b"1"), ("b.json", b"2"))
    text = text_of(client, address)
    assert "The check broke off" in text
    assert answers_in(text) == ["valid"]


def test_after_a_defect_the_next_job_is_done() -> None:
    def defect(documents: Any) -> Any:
        raise ZeroDivisionError
        yield

    jobs = new_jobs(the_page(), check=once(defect, slow([0.0])))
    with pytest.raises(ZeroDivisionError):
        jobs.begin([Entry("a", b"1")])
    assert jobs.begin([Entry("a", b"1")]).state is State.FINISHED
    assert jobs.counts()[State.FAILED] == 1


def test_jobs_are_bounded_in_number_rows_and_time() -> None:
    time = [0.0]
    jobs = new_jobs(the_page(), clock=lambda: time[0], check=slow([0.0]))
    with pytest.raises(JobError, match="Give fewer at once"):
        jobs.begin([Entry("a", b"1")] * (ROWS + 1))
    with pytest.raises(JobError, match="nothing in it"):
        jobs.begin([])
    first = jobs.begin([Entry("a", b"1")])
    for _number in range(JOBS - 1):
        jobs.begin([Entry("a", b"1")])
    with pytest.raises(JobError, match="All room"):
        jobs.begin([Entry("a", b"1")])
    time[0] += LIFETIME_SECONDS + 1
    assert jobs.find(first.id) is None
    jobs.begin([Entry("a", b"1")])


def test_several_archives_unpack_to_no_more_than_one_job_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = employer_service().test_client()
    unpacked = monkeypatched_size(monkeypatch, most=50_000)
    archive = zipped({f"{name}.json": b" " * 10_000 for name in "abc"})
    sent = [(BytesIO(archive), f"{number}.zip") for number in range(10)]
    response = client.post("/bulk", data={"files": sent})
    assert response.status_code == 422
    assert "Give fewer at once" in response.get_data(as_text=True)
    assert sum(unpacked) <= 70_000
    sent = [(BytesIO(archive), f"{number}.zip") for number in range(11)]
    response = client.post("/bulk", data={"files": sent})
    assert "These are more than 10 archives" in response.get_data(as_text=True)


def monkeypatched_size(monkeypatch: pytest.MonkeyPatch, most: int) -> list[int]:
    """Make jobs small, and write down what is unpacked."""
    unpacked: list[int] = []

    def noted(archive: Any, limits: ArchiveLimits) -> Any:
        for entry in entries_of(archive, limits):
            unpacked.append(len(entry.data))
            yield entry

    for module in ("bulk_intake", "jobs"):
        monkeypatch.setattr(f"verifier.employer.{module}.JOB_BYTES", most)
    monkeypatch.setattr("verifier.employer.bulk_intake.entries_of", noted)
    return unpacked


def test_an_archive_in_a_line_of_json_is_not_unpacked() -> None:
    client = employer_service().test_client()
    archive = zipped({"a.json": samples()[Answer.VALID]}).replace(b"\n", b" ")
    begun = post(client, archive, "application/x-ndjson").get_json()
    rows = client.get(f"/jobs/{begun['id']}/rows").get_json()["rows"]
    assert [row["file"] for row in rows] == ["line 1"]
    assert rows[0]["answer"] != "valid"


def test_one_caller_takes_neither_all_jobs_nor_everybodys_turn() -> None:
    beside = Beside()
    beside.waits = True
    jobs = new_jobs(the_page(), check=slow([0.0]), start=beside)
    own = [jobs.begin([Entry("a", b"1")], "192.0.2.1/32") for _number in range(JOBS_OF_ONE)]
    with pytest.raises(JobError, match="All room"):
        jobs.begin([Entry("a", b"1")], "192.0.2.1/32")
    other = jobs.begin([Entry("a", b"1")], "192.0.2.2/32")
    served: list[Any] = []
    while (job := jobs._next()) is not None:
        served.append(job)
    assert served[:2] == [own[0], other]
    assert served[2:] == own[1:]


def test_links_to_slow_servers_do_not_keep_others_waiting_for_hours() -> None:
    times = [0.0]

    def fetch(_link: str) -> bytes:
        times[0] += LINK_SECONDS
        return samples()[Answer.VALID]

    page = the_page(fetch=fetch)
    jobs = new_jobs(page, clock=lambda: times[0])
    job = jobs.begin([Entry("", link=f"https://a.example/{number}") for number in range(40)])
    assert job.state is State.FINISHED
    assert {row.refusal for row in job.rows} == {"", "LINKS_TOO_SLOW"}
    assert times[0] <= LINK_SECONDS * 10


def test_a_job_is_found_by_its_whole_address_only(client: FlaskClient) -> None:
    address = begin(client, ("a.json", b"{}"))
    assert re.fullmatch(r"/bulk/u[A-Za-z0-9_-]{43}", address)
    for guess in (address[:-1], f"{address}A", "/bulk/1", "/bulk/../bulk/1", f"/bulk/{'A' * 44}"):
        assert client.get(guess).status_code == 404
        assert client.get(f"{guess}/table.csv").status_code == 404
        assert client.post(f"{guess}/delete").status_code == 404
    assert client.post(f"{address}/delete").status_code == 303
    assert client.get(address).status_code == 404


def test_another_site_can_neither_begin_nor_delete_a_job(client: FlaskClient) -> None:
    address = begin(client, ("a.json", b"{}"))
    for path in ("/bulk", f"{address}/delete", f"{address}/again"):
        response = client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
    assert client.get(address).status_code == 200


def post(client: FlaskClient, data: bytes, kind: str = "application/zip") -> Any:
    return client.post("/jobs", data=data, content_type=kind)


def test_a_program_begins_a_job_and_reads_its_rows(client: FlaskClient) -> None:
    files = {f"{answer.value}.json": data for answer, data in samples().items()}
    begun = post(client, zipped(files))
    assert begun.status_code == 201
    address = f"/jobs/{begun.get_json()['id']}"
    assert client.get(address).get_json()["state"] == "finished"
    rows = client.get(f"{address}/rows?after=1").get_json()
    assert [row["number"] for row in rows["rows"]] == list(range(2, 9))
    assert rows["following"] is None
    only = client.get(f"{address}/rows?answer=revoked").get_json()["rows"]
    assert [row["answer"] for row in only] == ["revoked"]
    assert client.post(f"{address}/again").get_json()["state"] == "finished"
    assert client.post(f"{address}/cancel").get_json()["state"] == "finished"
    assert client.delete(address).status_code == 204
    problem(client.get(address), 404, "NO_JOB")


def test_a_program_sends_lines_or_links(client: FlaskClient) -> None:
    line = samples()[Answer.VALID]
    begun = post(client, line + b"\n\n" + b"nonsense\n", "application/x-ndjson").get_json()
    rows = client.get(f"/jobs/{begun['id']}/rows").get_json()["rows"]
    assert [(row["file"], row["answer"]) for row in rows] == [
        ("line 1", "valid"),
        ("line 3", "not-valid"),
    ]
    begun = post(client, b"https://a.example/1", "text/csv").get_json()
    rows = client.get(f"/jobs/{begun['id']}/rows").get_json()["rows"]
    assert rows[0]["code"] == "LINKS_NOT_FETCHED"


def test_what_is_no_job_is_refused(client: FlaskClient) -> None:
    problem(post(client, b"{}", "application/json"), 415)
    problem(post(client, b"PK\x03\x04"), 400, "ARCHIVE_DAMAGED")
    problem(post(client, b"", "text/csv"), 400, "JOB_EMPTY")
    packed = client.post(
        "/jobs", data=b"x", content_type="text/csv", headers={"Content-Encoding": "gzip"}
    )
    problem(packed, 415)


def test_one_caller_does_not_begin_jobs_all_day(service: OpenAPI) -> None:
    client = called_from(service, "192.0.2.200")
    job = begin(client, ("a.json", b"{}")).rpartition("/")[2]
    for _number in range(BEGUN_AT_ONCE - 1):
        assert client.post(f"/jobs/{job}/again").status_code == 200
    refused = post(client, b"https://a.example/1", "text/csv")
    assert int(refused.headers["Retry-After"]) > 0
    problem(refused, 429, "TOO_MANY_REQUESTS")
    problem(client.post(f"/jobs/{job}/again"), 429)
    for path in ("/bulk", f"/bulk/{job}/again"):
        page = client.post(path, headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert int(page.headers["Retry-After"]) > 0
        assert "Wait a minute" in page.get_data(as_text=True)
    # Looking, stopping and deleting cost nothing, and others are not kept waiting.
    assert client.get(f"/bulk/{job}").status_code == 200
    assert client.delete(f"/jobs/{job}").status_code == 204
    begin(called_from(service, "192.0.2.201"), ("a.json", b"{}"))
