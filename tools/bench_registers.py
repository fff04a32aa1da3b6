"""How fast registers are opened, values appraised, cases decided, awards planned: a report.

Writes docs/benchmarks-registers.md.

A register of 10,000 listings and 2,000 accreditations is made up, signed, opened from its bytes
(signature, validity, files, every row), and asked.  Wallets of several kinds are made up from
seeds, and planned.  Times are processor times of one process, so that what else the machine does
matters less.
"""

from __future__ import annotations

import csv
import io
import platform
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import schemas  # noqa: E402 - the checkout comes first on the path
from credentials.json_types import JsonObject  # noqa: E402
from credentials.proofs.cryptosuite import Environment  # noqa: E402
from credentials.proofs.data_integrity import ProofOptions, add_proof  # noqa: E402
from credentials.proofs.registry import CRYPTOSUITES  # noqa: E402
from credentials.strict_json import serialize_json  # noqa: E402
from credentials.verified import VerifiedCredential  # noqa: E402
from frameworks.appraisal import appraise  # noqa: E402
from frameworks.authorities import Authorities  # noqa: E402
from frameworks.levels import Level  # noqa: E402
from frameworks.register import edition_document, read_register  # noqa: E402
from frameworks.registers import Registers  # noqa: E402
from frameworks.worth import worth_elsewhere  # noqa: E402
from keys.did import NoNetworkResolver, did_key  # noqa: E402
from keys.signer import PrivateKeySigner  # noqa: E402
from keys.verification_key import KeyType  # noqa: E402
from recognition.deciding.case import Target  # noqa: E402
from recognition.deciding.decide import RecognitionDecision, decide  # noqa: E402
from recognition.deciding.facts import Established  # noqa: E402
from recognition.deciding.preparing import Application, prepare  # noqa: E402
from recognition.deciding.question import Amount  # noqa: E402
from recognition.deciding.replaying import replay  # noqa: E402
from recognition.policies.reading import read_policy  # noqa: E402
from tools.bench_stacking import WHAT_WALLETS_ARE, stacking_rows  # noqa: E402
from tools.measuring import measure, row  # noqa: E402
from verifier.checks.world import World  # noqa: E402
from verifier.registers import open_edition  # noqa: E402

LISTINGS = 10_000
ACCREDITATIONS = 2_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)
REPORT = ROOT / "docs" / "benchmarks-registers.md"

DESCRIPTION = """[register]
id = "urn:example:register"
name = "Made-up register"
edition = 1
official = true
valid_from = "2026-01-01"
valid_until = "2027-12-31"
"""

FRAMEWORK = """[[frameworks]]
id = "nz-nzqcf"
name = "New Zealand Qualifications and Credentials Framework"
level_namespace = "urn:mcframework:nz-nzqcf:level:"
unit = "nzqcf"
status = "sourced"
source = "own"
"""

COMMON = {"from": "2024-01-01", "until": "2029-12-31", "status": "sourced", "source": "own"}


def table(rows: list[dict[str, str]]) -> str:
    """Write rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def register_files() -> dict[str, str]:
    """Make up the source files of a large register."""
    level = "urn:mcframework:nz-nzqcf:level:"
    levels = [
        {"code": str(n), "rank": str(n), "uri": f"{level}{n}", **COMMON} for n in range(1, 11)
    ]
    unit = {"id": "nzqcf", "token": "NZQCF", "name": "NZQCF credit", "hours_low": "10"}
    unit |= {"hours_high": "10", "basis": "total-notional", "per_year": "120", "step": "1"}
    return {
        "register.toml": DESCRIPTION,
        "sources.csv": "key,title\nown,Decisions of the authority\n",
        "units.csv": table([unit | COMMON]),
        "nz-nzqcf/framework.toml": FRAMEWORK,
        "nz-nzqcf/levels.csv": table(levels),
        "nz-nzqcf/listings.csv": table([listing(n) for n in range(LISTINGS)]),
        "nz-nzqcf/accreditations.csv": table([accreditation(n) for n in range(ACCREDITATIONS)]),
    }


def listing(number: int) -> dict[str, str]:
    """Make up a listing."""
    return {
        "id": f"L{number}",
        "achievement": f"https://provider{number % 500}.example/achievements/{number}",
        "title": f"Course number {number} in applied things",
        "level": str(1 + number % 10),
        "unit": "nzqcf",
        "credits": str(1 + number % 40),
        "hours": str(10 + number % 40 * 10),
        "field": "0715",
        "providers": f"did:web:provider{number % 500}.example; did:web:other.example",
        "review": f"{2027 + number % 3}-06-01",
        **COMMON,
    }


def accreditation(number: int) -> dict[str, str]:
    """Make up an accreditation."""
    return {
        "id": f"A{number}",
        "holder": f"did:web:provider{number}.example",
        "name": f"Provider {number}",
        "accreditor": "did:web:authority.example",
        "right": "award",
        "level_min": "1",
        "level_max": str(3 + number % 8),
        "fields": "06; 07",
        "jurisdictions": "NZ",
        **COMMON,
    }


def credential() -> JsonObject:
    """Build an unsigned micro-credential that the register lists."""
    number = 4_014
    request = listing(number)
    achievement = request["achievement"]
    return {
        "issuer": {"id": "did:web:provider14.example"},
        "validFrom": "2026-05-01T00:00:00Z",
        "credentialSubject": {
            "creditsEarned": int(request["credits"]),
            "achievement": {
                "id": achievement,
                "name": request["title"],
                "creditsAvailable": int(request["credits"]),
                "alignment": [
                    {
                        "targetType": "ext:NZQCFLevel",
                        "targetUrl": f"urn:mcframework:nz-nzqcf:level:{request['level']}",
                    }
                ],
                "resultDescription": [
                    {
                        "id": f"{achievement}#credits",
                        "resultType": "ext:NZQCFCredits",
                        "valueMax": request["credits"],
                    }
                ],
            },
        },
    }


def recognition() -> tuple[Callable[[], object], Callable[[], object]]:
    """Build the work of deciding a case by an example policy, and of deciding it again."""
    policy = read_policy(schemas.recognition_policies()["new-zealand-provider.toml"])
    issuer = "did:web:provider14.example"
    verified = VerifiedCredential(credential(), issuer, (), {}, digest="sha256:0")
    persons = {"overlap": "4/5", "accredited": True, "redeemed": False, "kind": "Course"}
    application = Application(
        (verified,),
        Target(
            "COMP101",
            Amount(Fraction(15), "nzqcf"),
            level=Level("nz-nzqcf", "5"),
            size=Fraction(120),
            used={"transfer": Fraction(0)},
        ),
        applicant="did:example:learner",
        stated={name: Established(value, "assessor:a") for name, value in persons.items()},
    )
    known = Registers.of((), read_register(schemas.reference_register()))

    def decide_case() -> RecognitionDecision:
        return decide(prepare(application, policy, known, day=NOW.date()))

    decision = decide_case()
    if decision.outcome != "GRANT":
        sys.exit(f"The made-up case must be granted: {decision.payload['reasons']}.")
    kept = decision.inputs_bytes
    return lambda: decide_case().payload_bytes, lambda: replay(kept)


def main() -> None:
    """Measure and write the report."""
    signer = PrivateKeySigner(KeyType.ED25519, bytes(range(32)))
    authority = did_key(signer.verification_key)
    method = f"{authority}#{authority.removeprefix('did:key:')}"
    document = add_proof(
        edition_document(register_files(), issuer=authority),
        suite=CRYPTOSUITES["eddsa-jcs-2022"],
        signer=signer,
        options=ProofOptions(method, NOW),
        environment=Environment(schemas.load_context),
    )
    data = serialize_json(document)
    world = World(NOW, NoNetworkResolver(), schemas.load_context, schemas.context_urls())
    authorities = Authorities.from_json(
        {"authorities": [{"id": authority, "frameworks": ["nz-nzqcf"]}]}
    )
    opened = open_edition(data, world=world, authorities=authorities)
    registers = Registers.of((opened,), read_register(schemas.reference_register()))
    one = credential()

    def check() -> object:
        return appraise(one, registers=registers, as_of=date(2026, 11, 23))

    (appraisal,) = appraise(one, registers=registers, as_of=date(2026, 11, 23))
    if appraisal.assurance.assurance_class != "A" or appraisal.findings:
        sys.exit(f"The made-up credential must be of class A, and is {appraisal}.")
    decide_case, decide_again = recognition()
    lines = [
        "# Benchmarks of registers, decisions and plans",
        "",
        "Written by `make bench-registers` (`tools/bench_registers.py`). Processor milliseconds.",
        "",
        f"Register: {LISTINGS:,} listings, {ACCREDITATIONS:,} accreditations, {len(data):,} bytes.",
        f"Python {platform.python_version()} on {platform.machine()}.",
        "",
        "| what | best | median | worst | goal |",
        "|---|---|---|---|---|",
        row(
            "open the register: bytes to look-ups, signature and every row checked",
            measure(
                lambda: open_edition(data, world=world, authorities=authorities),
                rounds=9,
                calls=1,
            ),
            "300",
        ),
        row("check the value of one credential, warm", measure(check, rounds=9, calls=200), "0.5"),
        row(
            "tell what it is in all other frameworks and units, warm",
            measure(lambda: worth_elsewhere(appraisal, registers), rounds=9, calls=200),
            "-",
        ),
        row(
            "decide a case by a policy, its signatures checked before",
            measure(decide_case, rounds=9, calls=50),
            "20",
        ),
        row(
            "decide it again from the bytes of its inputs",
            measure(decide_again, rounds=9, calls=50),
            "6",
        ),
        row(
            "read the reference register",
            measure(lambda: read_register(schemas.reference_register()), rounds=9, calls=3),
            "-",
        ),
        *stacking_rows(),
        "",
        WHAT_WALLETS_ARE,
    ]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
