"""The command as people use it: real files, exit statuses, and processes where they matter."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from credentials.strict_json import serialize_json
from schemas import DamagedDataError
from tallystick import command
from tallystick.demo import micro_credentials, recognition_story, stacking_story, stage
from tests.factories import (
    ISSUER,
    LIST_URL,
    STRANGER,
    sign,
    status_entry,
    status_list,
    unsigned,
)
from tests.tallystick.command_here import call_here
from tests.tallystick.conftest import Run
from verifier.report import CHECK_IDS

CLR_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
SECONDS = 2.0
PATIENCE = 3.0
"""Factor for machines that are busy with other tests."""


def processor_seconds() -> float:
    """Read how much processor time the commands run so far have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(path: Path, value: Any) -> Path:
    path.write_bytes(value if isinstance(value, bytes) else serialize_json(value))
    return path


REQUEST = {
    "achievement": {"name": "Pipe welding", "description": "Pipes.", "criteria": "Welds."},
    "learner": {"id": "did:example:learner"},
    "level": {
        "framework": "EQF",
        "frameworkName": "European Qualifications Framework",
        "code": "6",
        "uri": "http://data.europa.eu/snb/eqf/6",
    },
    "credits": {"unit": "ECTS", "amount": "5"},
}


def new_key(run: Run, *options: str) -> str:
    made = run("keys", "new", "uni", *options)
    assert made.returncode == 0, made.stderr
    uri: str = made.stdout.decode().splitlines()[0].split()[1]
    return uri


def test_a_key_issues_and_another_process_verifies(run: Run, tmp_path: Path) -> None:
    uri = new_key(run)
    request, out = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    issued = run("issue", request, "--key", uri, "--out", out)
    assert issued.returncode == 0, issued.stderr
    told = run("verify", out, TALLYSTICK_KEYS="/nonexistent")
    assert told.returncode == 0
    assert told.stdout.startswith(b"VALID, ISSUER NOT KNOWN TO YOU.")
    assert b"5 ECTS credits, level 6 of European Qualifications Framework" in told.stdout
    report = json.loads(run("verify", out, "--json").stdout)
    assert report["verdict"] == "valid"
    assert [one["id"] for one in report["checks"]] == list(CHECK_IDS)
    assert {"id", "outcome", "code", "detail", "pointer"} <= report["checks"][0].keys()
    assert report["value"]["stated"][0]["amount"] == "5"
    assert run("verify", "-", stdin=out.read_bytes()).returncode == 0
    listed = run("keys", "list").stdout.decode()
    assert uri in listed
    document = json.loads(run("keys", "did", uri).stdout)
    assert document["id"] in listed


def test_exit_statuses_tell_the_verdict(run_program: Run, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    bad = write(tmp_path / "bad.json", {**sign(unsigned()), "name": "changed"})
    open_ = write(tmp_path / "open.json", sign(unsigned(credentialStatus=status_entry("5"))))
    assert run_program("verify", good).returncode == 0
    assert run_program("verify", bad).returncode == 1
    assert run_program("verify", open_).returncode == 2
    for wrong in (
        ["verify"],
        ["verify", good, "--nonsense"],
        ["verify", tmp_path / "none.json"],
        ["verify", good, "--at", "yesterday"],
        ["nonsense"],
        ["verify", tmp_path],
        ["verify", good, "--trust", tmp_path / "none.json"],
    ):
        told = run_program(*wrong)
        assert told.returncode == 64, wrong
        assert told.stdout == b""
        assert b"Traceback" not in told.stderr


def test_the_time_can_be_chosen(run: Run, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    told = run("verify", good, "--at", "2040-01-01T00:00:00Z")
    assert told.returncode == 1
    assert b"EXPIRED" in told.stdout
    assert run("verify", good, "--at", "2020-01-01T00:00:00Z").returncode == 1


def test_documents_come_from_the_resolver_map_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    badge = write(tmp_path / "b.json", sign(unsigned(credentialStatus=status_entry("5"))))
    write(tmp_path / "list.json", status_list(5))
    mapping = write(tmp_path / "map.json", {LIST_URL: "list.json"})
    revoked = run("verify", badge, "--json", "--resolver-map", mapping)
    assert revoked.returncode == 1
    codes = [one["code"] for one in json.loads(revoked.stdout)["checks"]]
    assert "REVOKED" in codes
    write(tmp_path / "list.json", status_list())
    assert run("verify", badge, "--resolver-map", mapping).returncode == 0
    write(tmp_path / "map.json", {LIST_URL: 5})
    assert run("verify", badge, "--resolver-map", mapping).returncode == 64


def test_known_issuers_come_from_trust_files(run: Run, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    trust = write(tmp_path / "trust.json", {"issuers": [{"id": ISSUER, "name": "Poly"}]})
    known = run("verify", good, "--trust", trust)
    assert known.returncode == 0
    assert known.stdout.startswith(b"VALID. It is unchanged, in force, and signed by an issuer")
    assert b"The issuer is known as Poly" in known.stdout
    write(tmp_path / "trust.json", {"issuers": [ISSUER]})
    assert b"The issuer is known" in run("verify", good, "--trust", trust).stdout


@pytest.mark.parametrize(
    ("option", "content", "code"),
    [
        ("--trust", {"issuers": "everyone"}, b"TRUST_FILE_MALFORMED"),
        ("--resolver-map", {"did:web:localhost": "x.json"}, b"INVALID_DID_WEB"),
        ("--resolver-map", {"did:web:uni.example%2f": "x.json"}, b"INVALID_DID_WEB"),
    ],
)
def test_a_file_of_the_readers_own_that_is_wrong_is_no_verdict(
    run: Run, tmp_path: Path, option: str, content: Any, code: bytes
) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    told = run("verify", good, option, write(tmp_path / "own.json", content))
    assert (told.returncode, told.stdout) == (64, b"")
    assert code in told.stderr
    assert told.stderr.count(b"\n") == 1


def test_closed_standard_input_is_a_wrong_call(run_program: Run, tmp_path: Path) -> None:
    for arguments in (["verify", "-"], ["issue", "-", "--key", "file:x", "--out", "b.json"]):
        told = run_program(*arguments, shell='exec "$@" <&-')
        assert told.returncode == 64
        assert told.stderr == b"Standard input is closed, so there is nothing to read.\n"


def test_closed_standard_output_changes_no_verdict(run_program: Run, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    bad = write(tmp_path / "bad.json", {**sign(unsigned()), "name": "changed"})
    for file, status in ((good, 0), (bad, 1)):
        told = run_program("verify", file, shell='exec "$@" >&-')
        assert (told.returncode, told.stderr) == (status, b"")
    full = run_program("verify", good, shell='exec "$@" >/dev/full')
    assert full.returncode == 74
    assert b"Traceback" not in full.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_a_terminal_that_lacks_a_letter_gets_an_escape(
    run_program: Run, tmp_path: Path, encoding: str
) -> None:
    badge = write(tmp_path / "p\u016bkenga.json", sign(unsigned(name="Te P\u016bkenga")))
    told = run_program("verify", badge, PYTHONIOENCODING=encoding)
    assert told.returncode == 0, told.stderr
    name = "Te P\u016bkenga" if encoding == "utf-8" else "Te P\\u016bkenga"
    assert name in told.stdout.decode(encoding)
    missing = run_program("verify", tmp_path / "\u016b.json", PYTHONIOENCODING=encoding)
    assert missing.returncode == 64
    assert b"Traceback" not in missing.stderr


def test_a_damaged_installation_is_told_as_what_to_do() -> None:
    told = "The installed reference register was changed. Install this software again."
    assert command._explanation(DamagedDataError(told)) == (told, 70)


@pytest.mark.parametrize("defect", [ZeroDivisionError, RecursionError, MemoryError, AssertionError])
def test_a_defect_of_the_software_is_no_verdict(
    defect: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: object) -> None:
        raise defect("secret")

    monkeypatch.setattr(command.tallystick, "main", fail)
    with pytest.raises(SystemExit) as caught:
        command.main()
    assert caught.value.code == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert defect.__name__ in told
    assert "secret" not in told


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_moments_like_others(
    run: Run, tmp_path: Path, moment: str
) -> None:
    good = write(tmp_path / "good.json", sign(unsigned()))
    told = run("verify", good, "--at", moment)
    assert (told.returncode, told.stderr) == (1, b"")


def test_a_presentation_answers_its_challenge(run: Run, tmp_path: Path) -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [sign(unsigned())],
    }
    signed = sign(
        document, signer=STRANGER, proof_purpose="authentication", challenge="c", domain="d"
    )
    file = write(tmp_path / "vp.json", signed)
    assert run("verify", file, "--challenge", "c", "--domain", "d").returncode == 0
    assert run("verify", file, "--challenge", "x", "--domain", "d").returncode == 1
    assert run("verify", file, "--challenge", "c", "--domain", "x").returncode == 1


@pytest.mark.parametrize("controller", ["did:web:uni.example", "https://uni.example/issuer"])
def test_an_issuer_on_the_web_publishes_its_own_document(
    run: Run, tmp_path: Path, controller: str
) -> None:
    uri = new_key(run, "--controller", controller)
    request, out = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    assert run("issue", request, "--key", uri, "--out", out).returncode == 0
    assert run("verify", out).returncode == 2
    write(tmp_path / "did.json", run("keys", "did", uri).stdout)
    url = "https://uni.example/.well-known/did.json" if "did:web" in controller else controller
    mapping = write(tmp_path / "map.json", {url: "did.json"})
    assert run("verify", out, "--resolver-map", mapping).returncode == 0
    (tmp_path / "elsewhere").mkdir()
    other = write(tmp_path / "elsewhere" / "map.json", {controller: "did.json"})
    told = run("verify", out, "--resolver-map", other)
    assert told.returncode == 0, "names of did:web, and paths from where one stands"


def test_one_damaged_key_does_not_hide_the_others(run: Run, tmp_path: Path) -> None:
    uri = new_key(run)
    assert run("keys", "list").returncode == 0
    damaged = write(tmp_path / "keys" / "damaged.key.json", b"{}")
    damaged.chmod(0o600)
    (tmp_path / "keys" / "folder.key.json").mkdir()
    listed = run("keys", "list")
    assert listed.returncode == 1
    assert listed.stdout.decode().count("\n") == 1
    assert uri in listed.stdout.decode()
    assert listed.stderr.decode().count(" is damaged: ") == 2
    assert json.loads(run("keys", "did", uri).stdout)["verificationMethod"]
    assert run("keys", "did", f"file:{damaged}").returncode == 1
    missing = run("keys", "did", "file:nowhere.key.json")
    assert missing.returncode == 1
    assert b"KEY_NOT_FOUND" in missing.stderr


def test_a_passphrase_protects_a_key(run: Run, tmp_path: Path) -> None:
    secret = write(tmp_path / "passphrase", b"correct horse battery staple\n")
    made = run("keys", "new", "uni", "--passphrase", TALLYSTICK_PASSPHRASE_FILE=str(secret))
    uri = made.stdout.decode().splitlines()[0].split()[1]
    request, out = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    arguments = ("issue", request, "--key", uri, "--out", out)
    assert run(*arguments).returncode == 1, "no terminal, no passphrase"
    wrong = write(tmp_path / "wrong", b"incorrect")
    told = run(*arguments, TALLYSTICK_PASSPHRASE_FILE=str(wrong))
    assert told.returncode == 1
    assert b"WRONG_PASSPHRASE" in told.stderr
    assert not out.exists()
    assert run(*arguments, TALLYSTICK_PASSPHRASE_FILE=str(secret)).returncode == 0


def test_a_retired_key_signs_nothing_more(run: Run, tmp_path: Path) -> None:
    uri = new_key(run)
    request, out = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    assert run("issue", request, "--key", uri, "--out", out).returncode == 0
    assert run("keys", "end", uri, "retired").returncode == 0
    again = run("issue", request, "--key", uri, "--out", tmp_path / "second.json")
    assert again.returncode == 1
    assert b"retired" in again.stderr
    assert run("verify", out).returncode == 0, "what it signed stays valid"
    assert run("keys", "end", uri, "revoked").returncode == 0
    assert json.loads(run("keys", "did", uri).stdout)["verificationMethod"][0]["revoked"]


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"credential": {}}',
        b'{"a": 1, "a": 2}',
        serialize_json({**REQUEST, "credits": {"unit": "ECTS", "amount": "0.001"}}),
        serialize_json({"credential": unsigned(issuer=ISSUER)}),
    ],
)
def test_a_bad_request_is_one_clear_line_and_writes_nothing(
    run: Run, tmp_path: Path, request_: bytes
) -> None:
    uri = new_key(run)
    out = tmp_path / "badge.json"
    told = run("issue", write(tmp_path / "request.json", request_), "--key", uri, "--out", out)
    assert told.returncode in (1, 64)
    assert b"Traceback" not in told.stderr
    assert told.stderr.strip()
    assert not out.exists()


def test_issue_refuses_what_verify_would_reject(run: Run, tmp_path: Path) -> None:
    uri = new_key(run)
    request = {**REQUEST, "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"}
    out = tmp_path / "badge.json"
    told = run("issue", write(tmp_path / "r.json", request), "--key", uri, "--out", out)
    assert told.returncode == 1
    assert b"EXPIRED" in told.stderr
    assert not out.exists()


def test_a_missing_key_and_an_unwritable_file_are_told(run: Run, tmp_path: Path) -> None:
    request = write(tmp_path / "request.json", REQUEST)
    missing = run("issue", request, "--key", "file:nowhere.key.json", "--out", tmp_path / "b")
    assert missing.returncode == 1
    assert b"KEY_NOT_FOUND" in missing.stderr
    unwritable = run("issue", request, "--key", new_key(run), "--out", tmp_path / "no" / "b.json")
    assert unwritable.returncode == 74
    assert b"cannot be written" in unwritable.stderr


def test_a_full_disk_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    uri = new_key(run)
    request = write(tmp_path / "request.json", REQUEST)
    limited = subprocess.run(
        [
            "bash",
            "-c",
            "ulimit -f 0; trap '' XFSZ; exec \"$@\"",
            "limited",
            sys.executable,
            "-m",
            "tallystick",
            "issue",
            str(request),
            "--key",
            uri,
            "--out",
            str(tmp_path / "b.json"),
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        timeout=60,
    )
    assert limited.returncode == 74
    assert b"Traceback" not in limited.stderr
    assert not (tmp_path / "b.json").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".b.json")] == []


def hostile_inputs() -> list[tuple[str, bytes]]:
    chance = random.Random(5)
    deep = unsigned()
    node: dict[str, Any] = deep["credentialSubject"]["achievement"]
    for _ in range(8):
        node["creator"] = {"id": "urn:x:y", "type": ["Profile"], "parentOrg": {}}
        node = node["creator"]["parentOrg"]
        node.update({"id": "urn:x:z", "type": ["Profile"]})
    wide = unsigned()
    wide["credentialSubject"]["achievement"]["tag"] = [f"tag{n}" for n in range(4_800)]
    nodes = unsigned()
    nodes["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": f"n{n}", "targetUrl": "https://x.example/y"}
        for n in range(950)
    ]
    same = unsigned()
    same["evidence"] = [{"type": ["Evidence"], "name": "same"} for _ in range(1_500)]
    endorsed = unsigned()
    endorsed["endorsement"] = [
        {"@context": unsigned()["@context"], "type": ["VerifiableCredential"], "id": f"urn:x:{n}"}
        for n in range(700)
    ]
    pointers: Any = [1] * 4_900
    for level in range(21):
        pointers = {"~" * 511 + chr(0x1F600 + level): pointers}
    chain = [{**sign(unsigned())["proof"], "id": "urn:p:0"}]
    for link in range(1, 8):
        chain.append({**chain[0], "id": f"urn:p:{link}", "previousProof": f"urn:p:{link - 1}"})
    small = {
        "@context": unsigned()["@context"],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"]} for _ in range(6)],
        },
    }
    chained = unsigned(endorsement=[{**small, "proof": chain} for _ in range(40)])
    record = {
        **small,
        "@context": [*small["@context"], CLR_CONTEXT],
        "credentialSubject": {
            "type": ["ClrSubject"],
            "verifiableCredential": [{**small, "proof": chain[0]} for _ in range(60)],
        },
        "proof": chain,
    }
    valued = unsigned()
    valued["credentialSubject"]["achievement"] |= {
        "alignment": [
            {"targetType": "ext:XLevel", "targetUrl": f"urn:mcframework:nz-nzqcf:level:{n}"}
            for n in range(16)
        ],
        "resultDescription": [
            {"id": f"urn:x:{n}", "resultType": f"ext:U{n}Credits", "valueMax": "1"}
            for n in range(8)
        ],
    }
    del valued["credentialSubject"]["achievement"]["creditsAvailable"]
    del valued["credentialSubject"]["creditsEarned"]
    values = [sign_unchecked(valued) for _ in range(24)]
    valuable = {**record, "credentialSubject": {"verifiableCredential": values}}
    results = [{"resultDescription": "urn:x:0", "value": str(n)} for n in range(1_500)]
    counted = deepcopy(valued)
    counted["credentialSubject"]["result"] = results
    counted["credentialSubject"]["achievement"]["resultDescription"][1:] = [
        {"id": "urn:x:0", "resultType": "ext:U1Credits"} for _ in range(150)
    ]
    nested: Any = None
    for level in range(3):
        evidence = [{"type": ["Evidence"], "name": f"e{level}.{n}"} for n in range(300)]
        subject = {"type": ["ClrSubject"], "id": f"urn:s:{level}"}
        subject |= {"verifiableCredential": [nested]} if nested else {}
        nested = {**record, "credentialSubject": subject, "evidence": evidence}
    presented = {
        "@context": small["@context"][:1],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [{**small, "proof": chain[:3]} for _ in range(50)],
        "proof": chain[0],
    }
    statuses = [status_entry(n) for n in range(800)]
    long_names = {("n" * 500) + str(n): {"a": "b"} for n in range(1_600)}
    return [
        ("empty", b""),
        ("nul", b"\0" * 1_000),
        ("random", chance.randbytes(200_000)),
        ("brackets", b"[" * 1_048_576),
        ("objects", b'{"a":' * 200_000),
        ("quotes", b'"' * 1_048_577),
        ("backslashes", b'{"' + b"\\" * 1_000_000),
        ("too large", b" " * 5_000_000),
        ("big number", b'{"a": ' + b"9" * 1_000_000 + b"}"),
        ("exponent", b'{"a": 1e999999999}'),
        ("names", serialize_json(long_names)),
        ("deep", serialize_json(sign_unchecked(deep))),
        ("wide", serialize_json(sign_unchecked(wide))),
        ("nodes", serialize_json(sign_unchecked(nodes))),
        ("same nodes", serialize_json(sign_unchecked(same))),
        ("endorsements", serialize_json(sign_unchecked(endorsed))),
        ("proofs", serialize_json({**unsigned(), "proof": [sign(unsigned())["proof"]] * 500})),
        ("pointers", json.dumps({"a": pointers}, ensure_ascii=False).encode()),
        ("chains", serialize_json(sign_unchecked(chained))),
        ("chain over much", serialize_json({**nodes, "proof": chain})),
        ("same nodes in a chain", serialize_json({**same, "proof": chain})),
        ("record", serialize_json(record)),
        ("valuable record", serialize_json(valuable)),
        ("results", serialize_json(sign_unchecked(counted))),
        ("nested records", serialize_json(nested)),
        ("presented", serialize_json(presented)),
        ("statuses", serialize_json(sign_unchecked(unsigned(credentialStatus=statuses)))),
        ("html", b"<!DOCTYPE html><html>" + b"x" * 500_000),
        ("token", b"eyJ" + b"A" * 500_000 + b"." + b"B" * 400_000 + b".C"),
        (
            "long proof value",
            serialize_json(
                {**unsigned(), "proof": {**sign(unsigned())["proof"], "proofValue": "z" * 900_000}}
            ),
        ),
    ]


def sign_unchecked(document: dict[str, Any]) -> dict[str, Any]:
    """Put a well-formed proof on a document without computing it."""
    return {**document, "proof": sign(unsigned())["proof"]}


@pytest.mark.parametrize(("name", "data"), hostile_inputs(), ids=[n for n, _ in hostile_inputs()])
def test_any_bytes_end_in_a_report_within_two_seconds_and_256_mebibytes(
    run_program: Run, name: str, data: bytes
) -> None:
    begun = processor_seconds()
    told = run_program("verify", "-", "--json", stdin=data, limited=True)
    seconds = processor_seconds() - begun
    assert told.returncode in (1, 2), told.stderr
    report = json.loads(told.stdout)
    assert report["verdict"] in ("invalid", "indeterminate")
    assert all(one["code"] for one in report["checks"])
    assert told.stderr == b""
    assert seconds < SECONDS * PATIENCE


def test_text_from_strangers_cannot_rewrite_the_terminal(run: Run, tmp_path: Path) -> None:
    document = sign(unsigned(name="evil \u202etxt.exe \u001b[31m".replace("\u001b", "")))
    told = run("verify", write(tmp_path / "b.json", document))
    assert "\u202e" not in told.stdout.decode()


def process_here(
    *arguments: object, registers: str = os.devnull, keys: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Do what the stage of the demonstration does in another process."""
    environment = {**os.environ, "TALLYSTICK_REGISTERS": registers}
    environment |= {"TALLYSTICK_KEYS": keys} if keys else {}
    return call_here(tuple(map(str, arguments)), Path.cwd(), environment, b"")


def test_the_demonstration_tells_its_story(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its fifty commands run in this process here; `make demo` gives each a process of its own.

    The services of the story have processes of their own here as well.
    """
    for module in (stage, micro_credentials, recognition_story, stacking_story):
        monkeypatch.setattr(module, "process", process_here)
    told = run("demo")
    assert told.returncode == 0, told.stderr
    text = told.stdout.decode()
    assert text.count("through its service") == 2
    assert "to a class of 3" in text
    assert text.count(": VALID") == 9
    assert [text.count(one) for one in (": INVALID", ": INDETERMINATE")] == [6, 1]
    for code in ("SIGNATURE_INVALID", "EXPIRED", "ISSUER_MISMATCH", "OUT_OF_SCOPE"):
        assert f"[{code}]" in text
    for assurance in (
        "Class B: 20 NZQCF credits, level 5 of New Zealand Qualifications and Credentials",
        "Class B: 5 ECTS credits, level 6 of European Qualifications Framework",
        "Class A: 10 NZQCF credits, level 4 of New Zealand Qualifications and Credentials",
        "Class D: 20 NZQCF credits, level 5 of New Zealand Qualifications and Credentials",
    ):
        assert assurance in text
    assert "level:   4 by best-fit" in text
    assert "AS STATED. Recomputed from the credentials: AWARD." in text
    assert text.count("does not count: LOT_REDEEMED") == 2
    assert [text.count(one) for one in ("GRANTED.", "REFUSED.", "REFERRED.")] == [2, 1, 1]
    assert text.count("IT FOLLOWS. GRANT") == 2
    assert "IDENTICAL. 4 decisions came out again, byte for byte." in text
    assert "2 from GRANT to REFER" in text
    assert "EDITION_ROLLBACK" in text
    assert [text.count(f"[{one}]") for one in ("REVOKED", "STATUS_LIST_ROLLBACK")] == [1, 1]
    journey = (
        "opens a wallet that is empty",
        "“Pipe welding for dairy plants” is in his wallet: VALID",
        "It was issued to the key of his wallet: did:key:z6Mk",
        "Certificate in Dairy Engineering, NOT YET",
        "Counted: 20 credits, in 1 piece. Missing: 10 credits",
        "He applies at the desk of the Registrar of the demonstration for “Welding 1”",
        "Now the policy grants 5 ca-3, and she puts that into force",
        "keeps “Recognition decision for welding”: VALID",
        "He makes a link for Plainsmilk that shows the decision, and nothing else",
        "He ends the link: it shows nothing any more",
    )
    places = [text.find(one) for one in journey]
    assert -1 not in places
    assert places == sorted(places)


def test_help_and_version_are_there(run_program: Run) -> None:
    assert b"verify" in run_program("--help").stdout
    for name in ("keys", "issue", "verify", "demo"):
        assert run_program(name, "--help").returncode == 0
