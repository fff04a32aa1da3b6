"""How long a learner waits: the wallet's pages with 200 credentials and all award rules.

Each page is asked for several times without a network in between, in one process; verifying
happens here, too.  `python tools/bench_wallet.py` writes docs/wallet-measured.md.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import schemas
from credentials.strict_json import serialize_json
from service import migrate, open_database
from tests.wallet import wallets
from wallet.awards import PublishedRule

CREDENTIALS = 200
RULES = 20
ROUNDS = 20
TARGET = Path(__file__).resolve().parent.parent / "docs" / "wallet-measured.md"

HEAD = """# The wallet, measured

Written by `make bench-wallet`: {count} credentials, {rules} award rules, {rounds} requests each,
in one process, verifying included where a page verifies.

| page | median, ms | 95th of 100, ms | goal, ms |
|---|---:|---:|---:|
"""


def measured(act: Callable[[], object]) -> tuple[float, float]:
    """Time something; median and 95th percentile in milliseconds."""
    act()
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        act()
        times.append((time.perf_counter() - before) * 1000)
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


def twenty_rules() -> tuple[PublishedRule, ...]:
    """Take the rules that come along; the first ones come again, until there are enough."""
    texts = [(name.removesuffix(".toml"), text) for name, text in schemas.award_rules().items()]
    again = [(f"{name}-again", text) for name, text in texts]
    return tuple(PublishedRule(name, text) for name, text in [*texts, *again][:RULES])


def main() -> None:
    """Measure, print and write."""
    wallets.RULES = twenty_rules()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'wallet.sqlite'}")
        migrate(engine)
        learner = wallets.WalletOffice.on(engine).learner()
        text = [serialize_json(wallets.badge(number)) for number in range(1, CREDENTIALS + 1)]
        for data in text:
            learner.post("/add", text=data.decode())
        ids = learner.held()
        rows = [
            ("list of all credentials", 300, measured(lambda: learner.get("/"))),
            ("progress towards all awards", 2_000, measured(lambda: learner.get("/awards"))),
            ("one award", 2_000, measured(lambda: learner.get("/awards/nz-certificate"))),
            ("a new link", 100, measured(lambda: learner.share(*ids[:5]))),
        ]
    table = "".join(
        f"| {name} | {median:.0f} | {high:.0f} | {goal} |\n" for name, goal, (median, high) in rows
    )
    head = HEAD.format(count=len(ids), rules=len(wallets.RULES), rounds=ROUNDS)
    TARGET.write_text(head + table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
