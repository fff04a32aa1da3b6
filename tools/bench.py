"""How fast registers are opened, values appraised, cases decided, awards planned: a report.

Writes docs/benchmarks.md.

A register of 10,000 listings and 2,000 accreditations is made up, signed, opened from its bytes
(signature, validity, files, every row), and asked.  Wallets of several kinds are made up from
seeds, and planned.  Times are processor times of one process, so that what else the machine does
matters less.
"""

from __future__ import annotations

import csv
import io
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

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
from stacking import Conditions, Lot, Outcome, assign, plan, read_award_rule  # noqa: E402
from stacking.budget import Budget  # noqa: E402
from stacking.cases import conditions_of, lot_of  # noqa: E402
from stacking.enumeration import enumerated_use  # noqa: E402
from stacking.search import best_use  # noqa: E402
from stacking.several_awards import Standing  # noqa: E402
from stacking.wallet import sort_out  # noqa: E402
from verifier.checks.world import World  # noqa: E402
from verifier.registers import open_edition  # noqa: E402

LISTINGS = 10_000
ACCREDITATIONS = 2_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)
REPORT = ROOT / "docs" / "benchmarks.md"

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

WHAT_WALLETS_ARE = """Wallets are made up from seeds, eight of each kind. *exact*: the total is one
number. *intervals*: a third of the lots is converted by hours and read through a map, so that
amounts and levels are open. *awkward*: amounts such as 17.43 and a cap of 211/3. *kin*: programmes
beside their modules. *divisible*: lots may be used in halves. *short*: what is asked for is not
there. *tight*: awkward amounts that must add up to exactly 360. Not settled means that the search
ended before it was sure, and a person is asked."""


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


# Wallets

Row = dict[str, Any]

LOTS = 200
LOTS_FOR_SEVERAL = 40
AWARDS = 20
LOTS_TRIED = 11
"""As many lots as are still tried one by one: 2^14 uses."""
SEEDS = range(8)
WALLETS = ("plain", "exact", "intervals", "awkward", "kin", "divisible", "short", "tight")
WALLETS_FOR_SEVERAL = ("plain", "intervals", "kin", "awkward")
CATEGORIES = ("core", "math", "lab", "ethics", "project")
READ_AS = {"1": ["3", "4"], "2": ["5"], "3": ["6"], "4": ["7", "8"], "5": ["8"]}
FACTS: Row = {
    "ladders": {
        "fw": [{"code": str(rank), "rank": rank} for rank in range(3, 10)],
        "fw:b": [{"code": str(rank), "rank": rank} for rank in range(1, 6)],
    },
    "units": {
        "cu": {"basis": "total-notional", "hours": ["10", "10"], "per_year": "120"},
        "ects": {"basis": "total-workload", "hours": ["25", "30"], "per_year": "60"},
        "us": {"basis": "minimum-work", "hours": None, "per_year": None},
    },
    "conversions": [
        {"from": "ects", "to": "cu", "method": "notional-hours"},
        {"from": "us", "to": "cu", "method": "formal-ratio", "ratio": "15/4"},
    ],
    "maps": [
        {
            "from": "fw:b",
            "to": "fw",
            "kind": "referenced",
            "entries": [
                {"from": code, "to": to, "match": "best-fit"} for code, to in READ_AS.items()
            ],
        }
    ],
    "map_policy": {"kinds": ["referenced"]},
}


def made_up_lot(chance: random.Random, number: int, kind: str) -> Row:
    """Make up a lot; those of intervals are converted by hours, from another framework."""
    foreign = {"intervals": 0.35, "kin": 0.05, "awkward": 0.1}.get(kind, 0)
    found: Row = {
        "id": f"l{number}",
        "amount": chance.choice(("5", "10", "10", "15", "15", "20", "30", "7.5", "12", "4")),
        "unit": "cu",
        "level": {"framework": "fw", "code": chance.choice("455666778")},
        "source_class": chance.choice(("taught",) * 5 + ("transfer", "rpl") * 2),
        "institution": chance.choice(("home",) * 3 + ("away", "abroad")),
        "categories": sorted(set(chance.choices(CATEGORIES, k=chance.randrange(3)))),
    }
    if kind in ("awkward", "tight"):
        found["amount"] = str(Fraction(chance.randint(200, 3_000), 100))
    if chance.random() < foreign:
        level = {"framework": "fw:b", "code": str(chance.randint(1, 5))}
        found |= {"amount": chance.choice("23456"), "unit": "ects", "level": level}
    elif kind == "awkward" and chance.random() < 0.2:
        found |= {"amount": chance.choice("12345"), "unit": "us"}
    if chance.random() < 0.05:
        del found["level"]
    if chance.random() < 0.15:
        found["component"] = f"K{chance.randrange(8)}"
    return found


def made_up_wallet(chance: random.Random, number: int, kind: str) -> list[Row]:
    """Make up a wallet; one with kin has programmes beside their modules."""
    lots = [made_up_lot(chance, place, kind) for place in range(number)]
    place = 0
    while kind == "kin" and place < number - 8:
        modules = chance.choice((0, 0, 3, 7))
        inside = lots[place + 1 : place + 1 + modules]
        for one in inside:
            one["parent"] = lots[place]["id"]
        if inside:
            total = sum(Fraction(one["amount"]) for one in inside)
            lots[place]["amount"] = str(total + chance.choice((0, 0, 5)))
        place += modules + 1
    return lots


def rule_of_twelve(kind: str) -> Row:
    """Build a rule of twelve constraints of most types."""
    total = {"exact": {"equal": "360"}, "tight": {"equal": "360"}}.get(
        kind, {"min": "300", "max": "380"}
    )
    short = 9 if kind == "short" else 1
    rows: list[Row] = [
        {"type": "sum", **total},
        {"type": "min_at_level", "level": "7", "amount": str(60 * short)},
        {"type": "min_at_or_above_level", "level": "6", "amount": str(180 * short)},
        {"type": "min_in_category", "category": "core", "amount": "60"},
        {"type": "min_in_category", "category": "lab", "level": "6", "amount": "20"},
        {"type": "min_in_category", "category": "ethics", "amount": "30"},
        {"type": "residency_min_share", "share": "1/3", "source_class": ["taught"]},
        {"type": "mandatory", "components": ["K1", "K2"]},
        {"type": "one_of", "components": ["K3", "K4", "K5", "K6"], "count": 2},
        {"type": "share_max", "share": "1/3", "where": {"source_class": ["rpl"]}},
        {"type": "share_max", "share": "1/2", "where": {"institution": "other"}},
        {"type": "amount_max", "amount": "211/3", "where": {"category": "math"}},
    ]
    return award("aw", rows) | ({"divisible_step": "1/2"} if kind == "divisible" else {})


def award(name: str, constraints: list[Row]) -> Row:
    """Build an award rule."""
    rows = [{"id": f"c{place}", **one} for place, one in enumerate(constraints)]
    place = {"unit": "cu", "framework": "fw", "institution": "home", "size": "360"}
    return {"id": name, **place, "constraints": rows}


def small_rule(chance: random.Random, name: str) -> Row:
    """Make up a rule for a small award that wants its lots for itself."""
    least = chance.choice((20, 30, 40, 60))
    most = {"max": str(least + 10)} if chance.random() < 0.3 else {}
    amount = chance.choice(("10", "15", "20"))
    kinds: list[Row] = [
        {"type": "min_in_category", "category": chance.choice(CATEGORIES), "amount": amount},
        {"type": "min_at_or_above_level", "level": chance.choice("567"), "amount": amount},
        {"type": "residency_min_amount", "amount": "10"},
        {"type": "amount_max", "amount": amount, "where": {"source_class": ["rpl"]}},
        {"type": "one_of", "components": [f"K{chance.randrange(8)}", "K8"]},
    ]
    more = chance.sample(kinds, chance.randint(1, 3))
    total = {"type": "sum", "min": str(least), **most}
    return award(name, [total, *more, {"type": "exclusive_use"}])


def planned(kind: str, seed: int) -> tuple[float, bool]:
    """Plan one award over a made-up wallet: milliseconds, and whether the search was sure."""
    chance = random.Random(f"{kind} {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS, kind))
    rule = read_award_rule(rule_of_twelve(kind))
    begun = time.process_time()
    found = plan(lots, rule, conditions)
    return (time.process_time() - begun) * 1_000, found.is_exhaustive


def assigned(kind: str, seed: int) -> tuple[float, bool]:
    """Plan several awards over a made-up wallet: milliseconds, and whether all was settled."""
    chance = random.Random(f"several {kind} {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS_FOR_SEVERAL, kind))
    rules = tuple(read_award_rule(small_rule(chance, f"aw{number}")) for number in range(AWARDS))
    begun = time.process_time()
    found = assign(lots, rules, conditions)
    passed = (time.process_time() - begun) * 1_000
    referred = [name for name, one in found.standings.items() if one is Standing.REFER]
    by_id = {rule.id: rule for rule in rules}
    # Referred alone too: because of what is not known, and not because the search ended.
    return passed, all(
        plan(lots, by_id[name], conditions).outcome is Outcome.REFER for name in referred
    )


def read(rows: list[Row]) -> tuple[tuple[Lot, ...], Conditions]:
    """Read lots, and what they are read by."""
    return tuple(map(lot_of, rows)), conditions_of(FACTS)


def compared(seed: int) -> tuple[float, float]:
    """Find the best use of a few lots by search and by trying all: milliseconds of each."""
    chance = random.Random(f"few {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS_TRIED, "intervals"))
    rule = read_award_rule(rule_of_twelve("plain"))
    items, _excluded = sort_out(lots, rule, conditions)
    ladder = conditions.ladders["fw"]
    begun = time.process_time()
    best_use(items, rule, ladder, (), Budget())
    between = time.process_time()
    enumerated_use(items, rule, ladder, ())
    return (between - begun) * 1_000, (time.process_time() - between) * 1_000


def stacking_rows() -> list[str]:
    """Measure planning, and write the lines of the report."""
    compared(0)  # the solver is loaded once, before anything is measured
    lines = []
    for title, kinds, work, goal in (
        (f"plan {LOTS} lots, 12 constraints", WALLETS, planned, "1000"),
        (
            f"{LOTS_FOR_SEVERAL} lots, {AWARDS} exclusive awards",
            WALLETS_FOR_SEVERAL,
            assigned,
            "2000",
        ),
    ):
        for kind in kinds:
            results = [work(kind, seed) for seed in SEEDS]
            sure = sum(is_sure for _passed, is_sure in results)
            what = f"{title}: {kind} ({sure} of {len(results)} settled)"
            lines.append(row(what, [passed for passed, _is_sure in results], goal))
    several = [compared(seed) for seed in SEEDS]
    for what, place in (("by search", 0), ("by trying all uses", 1)):
        title = f"{LOTS_TRIED} lots, 12 constraints: {what}"
        lines.append(row(title, [one[place] for one in several], "-"))
    return lines


def measure(work: Callable[[], object], *, rounds: int, calls: int) -> list[float]:
    """Time a piece of work: milliseconds of processor time for one call, in each round."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(calls):
            work()
        times.append((time.process_time() - begun) * 1_000 / calls)
    return times


def row(what: str, times: list[float], goal: str) -> str:
    """Write a line of the report."""
    low, middle, high = min(times), statistics.median(times), max(times)
    return f"| {what} | {low:.2f} | {middle:.2f} | {high:.2f} | {goal} |"


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
        "# Benchmarks",
        "",
        "Written by `make bench` (`tools/bench.py`). Processor time in milliseconds.",
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
