"""Tests with a real Dask cluster: `make cluster` runs them, `make test` does not."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("TALLYSTICK_CLUSTER") else ["test_*.py"]
