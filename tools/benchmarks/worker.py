"""Answering requests to work on documents: one a line, as all sides do it.

{"task", "documents", "first", "count"} is answered with {"seconds", "processor", "last"}, or with
{"error"}.  `python -m tools.benchmarks.worker ours|pyld WORKLOAD`.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Task = Callable[[str], object]


def measured(workload: dict[str, Any], tasks: dict[str, Task], request: dict[str, Any]) -> object:
    """Do a task with some documents, and tell the time that it took."""
    texts = workload["documents"][request["documents"]]
    chosen = [
        texts[number % len(texts)]
        for number in range(request["first"], request["first"] + request["count"])
    ]
    work = tasks[request["task"]]
    last: object = None
    processor, begun = time.process_time(), time.perf_counter()
    for text in chosen:
        last = work(text)
    seconds = time.perf_counter() - begun
    processor = time.process_time() - processor
    shown = last.decode() if isinstance(last, bytes) else str(last)
    return {"seconds": seconds, "processor": processor, "last": shown}


def main() -> None:
    """Answer until the input ends; what a task raises is an answer, too."""
    side, path = sys.argv[1:]
    workload = json.loads(Path(path).read_text(encoding="utf-8"))
    warnings.simplefilter("ignore")
    if side == "ours":
        from tallystick.garbage import COLLECTED_EVERY
        from tools.benchmarks.ours import tasks_for

        # As in every service that the command runs.
        gc.set_threshold(COLLECTED_EVERY)
    else:
        from tools.benchmarks.plain_pyld import tasks_for
    tasks = tasks_for(workload)
    for line in sys.stdin:
        try:
            answer = measured(workload, tasks, json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever a side raises is reported, by the run
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
